import type { ListPoliciesRequest, ListPoliciesResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { policyShape } from '../../domain/policy-shape.js';
import { policyArn } from '../../domain/principal-arn.js';
import { page } from '../../page.js';
import { ManagedPolicies } from '../../store/managed-policies.js';

@Operation('iam', 'ListPolicies')
export class ListPolicies implements Handles<ListPoliciesRequest, Acted, ListPoliciesResponse> {
  constructor(private readonly policies: ManagedPolicies) {}

  load(_input: Valid<ListPoliciesRequest>, call: Call): Acted {
    return { on: [{ arn: policyArn(call.account, '/', '') }] };
  }

  async handle(input: Valid<ListPoliciesRequest>, _loaded: Acted, call: Call) {
    const { Scope: scope = 'All', PathPrefix: pathPrefix = '/', OnlyAttached: onlyAttached = false } = input;
    const filter = {
      local: scope !== 'AWS',
      aws: scope !== 'Local',
      pathPrefix,
      onlyAttached,
      usage: input.PolicyUsageFilter,
    };
    const { items, ...rest } = await page(call, input, {
      filters: filter,
      read: (after, limit) => this.policies.list(call.account, filter, after, limit),
      keyOf: (policy) => policy.arn,
    });
    return { Policies: items.map((policy) => policyShape(policy, { inList: true })), ...rest };
  }
}
