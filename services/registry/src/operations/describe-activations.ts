import type { DescribeActivationsRequest, DescribeActivationsResult } from '@aws-sdk/client-ssm';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { activationConditions } from '../domain/activation-filters.js';
import { tagList } from '../domain/tags.js';
import { Activations, type ListedActivation } from '../store/activations.js';

@Operation('ssm', 'DescribeActivations')
export class DescribeActivations implements Handles<DescribeActivationsRequest, Acted, DescribeActivationsResult> {
  constructor(private readonly activations: Activations) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(input: Valid<DescribeActivationsRequest>, _loaded: Acted, call: Call) {
    const conditions = activationConditions(input.Filters ?? []);
    const after = positionOf<string>(call, conditions, input.NextToken);
    const limit = input.MaxResults ?? 50;
    const found = await this.activations.list(call, conditions, after, limit + 1);
    const page = found.slice(0, limit);
    return {
      ActivationList: page.map(shapeOf),
      ...(found.length > limit && { NextToken: nextToken(call, conditions, page.at(-1)!.id) }),
    };
  }
}

function shapeOf(activation: ListedActivation) {
  return {
    ActivationId: activation.id,
    ...(activation.description !== null && { Description: activation.description }),
    ...(activation.defaultInstanceName !== null && { DefaultInstanceName: activation.defaultInstanceName }),
    IamRole: activation.iamRole,
    RegistrationLimit: activation.registrationLimit,
    RegistrationsCount: activation.registrationsCount,
    ExpirationDate: activation.expiresAt,
    Expired: activation.expired,
    CreatedDate: activation.createdAt,
    Tags: tagList(activation.tags),
  };
}
