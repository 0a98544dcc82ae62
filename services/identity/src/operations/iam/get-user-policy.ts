import type { GetUserPolicyRequest, GetUserPolicyResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'GetUserPolicy')
export class GetUserPolicy implements Handles<GetUserPolicyRequest, NamedPrincipal, GetUserPolicyResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<GetUserPolicyRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  async handle(input: Valid<GetUserPolicyRequest>, named: NamedPrincipal) {
    const PolicyDocument = await this.inlining.document(named, input.PolicyName);
    return { UserName: named.name, PolicyName: input.PolicyName, PolicyDocument };
  }
}
