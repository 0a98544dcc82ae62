import type { AttachUserPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'AttachUserPolicy')
export class AttachUserPolicy implements Handles<AttachUserPolicyRequest, NamedPrincipal, object> {
  constructor(private readonly attaching: Attaching) {}

  load(input: Valid<AttachUserPolicyRequest>, call: Call) {
    return this.attaching.named(call, 'User', input.UserName, input.PolicyArn);
  }

  handle(input: Valid<AttachUserPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.attach(call, named, input.PolicyArn);
  }
}
