import type { DescribeParametersRequest, DescribeParametersResult, ParameterMetadata } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { inlinePolicy } from '../domain/inline-policy.js';
import { parameterArn } from '../domain/parameter-name.js';
import { describeQuery } from '../domain/parameter-query.js';
import { scanPosition } from '../store/parameter-scan.js';
import { type DescribedParameter, Parameters } from '../store/parameters.js';

const PAGE = 50;

@Operation('ssm', 'DescribeParameters')
export class DescribeParameters implements Handles<DescribeParametersRequest, Acted, DescribeParametersResult> {
  constructor(private readonly parameters: Parameters) {}

  // As AWS: who may list may list all; tags and names of single parameters are not asked about.
  load(_input: Valid<DescribeParametersRequest>, call: Call): Acted {
    return { on: [{ arn: `arn:aws:ssm:${call.region}:${call.account}:*` }] };
  }

  async handle(input: Valid<DescribeParametersRequest>, _loaded: Acted, call: Call): Promise<DescribeParametersResult> {
    const query = describeQuery(input);
    const scope = { filters: input.Filters ?? [], parameterFilters: input.ParameterFilters ?? [] };
    const position = scanPosition(positionOf(call, scope, input.NextToken));
    const { matches, next } = await this.parameters.describe(call, query, position, input.MaxResults ?? PAGE);
    return {
      Parameters: matches.map((each) => metadataShape(call, each)),
      ...(next ? { NextToken: nextToken(call, scope, next) } : {}),
    };
  }
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
