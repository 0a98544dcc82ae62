import type { PutRolePolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'PutRolePolicy')
export class PutRolePolicy implements Handles<PutRolePolicyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<PutRolePolicyRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(input: Valid<PutRolePolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.put(call, named, { name: input.PolicyName, document: input.PolicyDocument });
  }
}
