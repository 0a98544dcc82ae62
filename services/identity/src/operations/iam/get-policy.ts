import type { GetPolicyRequest, GetPolicyResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { policyShape } from '../../domain/policy-shape.js';
import { ManagedPolicies, type NamedPolicy, existingPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'GetPolicy')
export class GetPolicy implements Handles<GetPolicyRequest, NamedPolicy, GetPolicyResponse> {
  constructor(private readonly policies: ManagedPolicies) {}

  load(input: Valid<GetPolicyRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  async handle(_input: Valid<GetPolicyRequest>, named: NamedPolicy) {
    return { Policy: policyShape(existingPolicy(named)) };
  }
}
