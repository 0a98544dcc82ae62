import type { AttachRolePolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'AttachRolePolicy')
export class AttachRolePolicy implements Handles<AttachRolePolicyRequest, NamedPrincipal, object> {
  constructor(private readonly attaching: Attaching) {}

  load(input: Valid<AttachRolePolicyRequest>, call: Call) {
    return this.attaching.named(call, 'Role', input.RoleName, input.PolicyArn);
  }

  handle(input: Valid<AttachRolePolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.attach(call, named, input.PolicyArn);
  }
}
