import type { DeleteGroupPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteGroupPolicy')
export class DeleteGroupPolicy implements Handles<DeleteGroupPolicyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<DeleteGroupPolicyRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  handle(input: Valid<DeleteGroupPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.remove(call, named, input.PolicyName);
  }
}
