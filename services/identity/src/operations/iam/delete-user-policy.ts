import type { DeleteUserPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteUserPolicy')
export class DeleteUserPolicy implements Handles<DeleteUserPolicyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<DeleteUserPolicyRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  handle(input: Valid<DeleteUserPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.remove(call, named, input.PolicyName);
  }
}
