import type { DescribeParametersRequest, DescribeParametersResult, ParameterMetadata } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { actedParameter } from '../domain/acted-parameter.js';
import { inlinePolicy } from '../domain/inline-policy.js';
import { parameterArn } from '../domain/parameter-name.js';
import { type ParameterQuery, describeQuery } from '../domain/parameter-query.js';
import { scanPosition } from '../store/parameter-scan.js';
import { type DescribedParameter, Parameters } from '../store/parameters.js';
import { type PerhapsShared, SharedParameters, type SharedPosition } from '../store/shared-parameters.js';

const PAGE = 50;
/** Of shared parameters, with one statement, and altogether. */
const BATCH = 200;
const MOST_EXAMINED = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

@Operation('ssm', 'DescribeParameters')
export class DescribeParameters implements Handles<DescribeParametersRequest, Acted, DescribeParametersResult> {
  constructor(
    private readonly parameters: Parameters,
    private readonly shared: SharedParameters,
  ) {}

  // As AWS: who may list may list all; tags and names of single parameters are not asked about.
  load(_input: Valid<DescribeParametersRequest>, call: Call): Acted {
    return { on: [{ arn: `arn:aws:ssm:${call.region}:${call.account}:*` }] };
  }

  async handle(input: Valid<DescribeParametersRequest>, _loaded: Acted, call: Call): Promise<DescribeParametersResult> {
    const query = describeQuery(input);
    if (input.Shared) return this.describeShared(input, query, call);
    const scope = { filters: input.Filters ?? [], parameterFilters: input.ParameterFilters ?? [] };
    const position = scanPosition(positionOf(call, scope, input.NextToken));
    const { matches, next } = await this.parameters.describe(call, query, position, input.MaxResults ?? PAGE);
    return {
      Parameters: matches.map((each) => metadataShape(call, each)),
      ...(next ? { NextToken: nextToken(call, scope, next) } : {}),
    };
  }

  /** What other accounts share with this one: found by whom policies name, decided on each as a read would be. */
  private async describeShared(
    input: Valid<DescribeParametersRequest>,
    query: ParameterQuery,
    call: Call,
  ): Promise<DescribeParametersResult> {
    const scope = { shared: true, filters: input.Filters ?? [], parameterFilters: input.ParameterFilters ?? [] };
    const most = input.MaxResults ?? PAGE;
    let position = sharedPosition(call, positionOf(call, scope, input.NextToken));
    const found: PerhapsShared[] = [];
    for (let looked = 0; position && looked < MOST_EXAMINED && found.length < most; looked += BATCH) {
      const rows = await this.shared.page(call, query, position, BATCH);
      const perhaps = rows.filter(({ matches }) => matches);
      const resources = perhaps.map((each) => ({ ...actedParameter({ arn: arnOf(call, each) }, each), each }));
      const allowed = resources.length > 0 ? await call.mayAct(resources) : [];
      found.push(...allowed.slice(0, most - found.length).map(({ each }) => each));
      const last = allowed.length > 0 && found.length === most ? found.at(-1)! : rows.at(-1);
      const isEnd = rows.length < BATCH && last === rows.at(-1);
      position = isEnd ? following(position) : { ...position, after: last!.id };
    }
    return {
      Parameters: found.map((each) => metadataShape(call, each)),
      ...(position ? { NextToken: nextToken(call, scope, position) } : {}),
    };
  }
}

/** Those shared with the account by name, then those shared with everybody. */
function sharedPosition(call: Call, said: unknown): SharedPosition | undefined {
  if (said === undefined) return { account: call.account, after: FIRST };
  const { account, after } = said as Partial<SharedPosition>;
  if (
    (account === call.account || account === '*') &&
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(after))
  )
    return { account, after: after! };
  throw new ApiError('InvalidNextToken', 'The specified token is not valid.');
}

function following({ account }: SharedPosition): SharedPosition | undefined {
  return account === '*' ? undefined : { account: '*', after: FIRST };
}

function arnOf({ region }: Call, { account, path }: DescribedParameter): string {
  return parameterArn({ account, region }, path);
}

function metadataShape({ region }: Call, each: DescribedParameter): ParameterMetadata {
  return {
    Name: each.name,
    ARN: parameterArn({ account: each.account, region }, each.path),
    Type: each.type,
    ...(each.keyId === null ? {} : { KeyId: each.keyId }),
    LastModifiedDate: each.modifiedAt,
    LastModifiedUser: each.modifiedBy,
    ...(each.description === null ? {} : { Description: each.description }),
    ...(each.allowedPattern === null ? {} : { AllowedPattern: each.allowedPattern }),
    Version: each.number,
    Tier: each.tier,
    Policies: each.policies.map(inlinePolicy),
    DataType: each.dataType,
  };
}
