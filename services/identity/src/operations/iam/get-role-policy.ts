import type { GetRolePolicyRequest, GetRolePolicyResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'GetRolePolicy')
export class GetRolePolicy implements Handles<GetRolePolicyRequest, NamedPrincipal, GetRolePolicyResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<GetRolePolicyRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  async handle(input: Valid<GetRolePolicyRequest>, named: NamedPrincipal) {
    const PolicyDocument = await this.inlining.document(named, input.PolicyName);
    return { RoleName: named.name, PolicyName: input.PolicyName, PolicyDocument };
  }
}
