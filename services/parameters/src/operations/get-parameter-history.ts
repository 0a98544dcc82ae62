import type { GetParameterHistoryRequest, GetParameterHistoryResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { actedParameter } from '../domain/acted-parameter.js';
import { inlinePolicy } from '../domain/inline-policy.js';
import { parameterNotFound } from '../domain/parameter-shape.js';
import { type Reference, referenceToRead } from '../domain/reference.js';
import { ParameterCipher, type Values } from '../parameter-cipher.js';
import { type FoundParameter, type HistoricVersion, Parameters } from '../store/parameters.js';

const PAGE = 50;

interface Loaded extends Acted {
  readonly reference: Reference;
  readonly found: FoundParameter | undefined;
  readonly page: readonly HistoricVersion[];
  readonly more: boolean;
  readonly values: Values;
}

@Operation('ssm', 'GetParameterHistory')
export class GetParameterHistory implements Handles<GetParameterHistoryRequest, Loaded, GetParameterHistoryResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly cipher: ParameterCipher,
  ) {}

  async load(input: Valid<GetParameterHistoryRequest>, call: Call): Promise<Loaded> {
    const reference = referenceToRead(input.Name, call);
    const [found] = await this.parameters.find([reference]);
    const most = input.MaxResults ?? PAGE;
    const after = positionOf<number>(call, reference.path, input.NextToken) ?? 0;
    const versions = found ? await this.parameters.history(found.owner, found.path, after, most + 1) : [];
    const page = versions.slice(0, most);
    const kept = page.map((version) => ({ owner: found!.owner, path: found!.path, version }));
    const values = await this.cipher.values(call, input.WithDecryption ?? false, kept);
    const on = [actedParameter(reference, found), ...values.on];
    return { on, reference, found, page, more: versions.length > most, values };
  }

  async handle(
    _input: Valid<GetParameterHistoryRequest>,
    { reference, found, page, more, values }: Loaded,
    call: Call,
  ) {
    // Of one version there is no history.
    if (!found || reference.selector !== undefined) throw parameterNotFound(reference.text);
    return {
      Parameters: page.map((version) => historyShape(found.name, version, values.of(version))),
      ...(more ? { NextToken: nextToken(call, reference.path, page.at(-1)!.number) } : {}),
    };
  }
}

function historyShape(name: string, version: HistoricVersion, value: string) {
  return {
    Name: name,
    Type: version.type,
    ...(version.keyId === null ? {} : { KeyId: version.keyId }),
    LastModifiedDate: version.modifiedAt,
    LastModifiedUser: version.modifiedBy,
    ...(version.description === null ? {} : { Description: version.description }),
    Value: value,
    ...(version.allowedPattern === null ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.number,
    Labels: [...version.labels],
    Tier: version.tier,
    Policies: version.policies.map(inlinePolicy),
    DataType: version.dataType,
  };
}
