import type { DetachRolePolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'DetachRolePolicy')
export class DetachRolePolicy implements Handles<DetachRolePolicyRequest, NamedPrincipal, object> {
  constructor(private readonly attaching: Attaching) {}

  load(input: Valid<DetachRolePolicyRequest>, call: Call) {
    return this.attaching.named(call, 'Role', input.RoleName, input.PolicyArn);
  }

  handle(input: Valid<DetachRolePolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.detach(call, named, input.PolicyArn);
  }
}
