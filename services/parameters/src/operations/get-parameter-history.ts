import type { GetParameterHistoryRequest, GetParameterHistoryResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { parameterNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceOf } from '../domain/reference.js';
import { type FoundParameter, type HistoricVersion, Parameters } from '../store/parameters.js';

const PAGE = 50;

interface Loaded extends Acted {
  readonly reference: Reference;
  readonly found: FoundParameter | undefined;
}

@Operation('ssm', 'GetParameterHistory')
export class GetParameterHistory implements Handles<GetParameterHistoryRequest, Loaded, GetParameterHistoryResult> {
  constructor(private readonly parameters: Parameters) {}

  async load(input: Valid<GetParameterHistoryRequest>, call: Call): Promise<Loaded> {
    const reference = referenceOf(input.Name, call);
    const [found] = await this.parameters.find(call, [reference]);
    return { on: [{ arn: reference.arn, tags: found?.tags ?? {} }], reference, found };
  }

  async handle(input: Valid<GetParameterHistoryRequest>, { reference, found }: Loaded, call: Call) {
    // Of one version there is no history.
    if (!found || reference.selector !== undefined) throw parameterNotFound(reference.text);

    const most = input.MaxResults ?? PAGE;
    const after = positionOf<number>(call, found.path, input.NextToken) ?? 0;
    const versions = await this.parameters.history(call, found.path, after, most + 1);
    const page = versions.slice(0, most);
    return {
      Parameters: page.map((version) => historyShape(found.name, version)),
      ...(versions.length > most ? { NextToken: nextToken(call, found.path, page.at(-1)!.number) } : {}),
    };
  }
}

function historyShape(name: string, version: HistoricVersion) {
  return {
    Name: name,
    Type: version.type,
    LastModifiedDate: version.modifiedAt,
    LastModifiedUser: version.modifiedBy,
    ...(version.description === null ? {} : { Description: version.description }),
    Value: version.value,
    ...(version.allowedPattern === null ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.number,
    Labels: [],
    Tier: version.tier,
    Policies: [],
    DataType: version.dataType,
  };
}
