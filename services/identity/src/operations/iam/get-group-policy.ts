import type { GetGroupPolicyRequest, GetGroupPolicyResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'GetGroupPolicy')
export class GetGroupPolicy implements Handles<GetGroupPolicyRequest, NamedPrincipal, GetGroupPolicyResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<GetGroupPolicyRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  async handle(input: Valid<GetGroupPolicyRequest>, named: NamedPrincipal) {
    const PolicyDocument = await this.inlining.document(named, input.PolicyName);
    return { GroupName: named.name, PolicyName: input.PolicyName, PolicyDocument };
  }
}
