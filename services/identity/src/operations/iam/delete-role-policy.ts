import type { DeleteRolePolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteRolePolicy')
export class DeleteRolePolicy implements Handles<DeleteRolePolicyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<DeleteRolePolicyRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(input: Valid<DeleteRolePolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.remove(call, named, input.PolicyName);
  }
}
