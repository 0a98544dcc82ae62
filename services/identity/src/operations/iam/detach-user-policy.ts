import type { DetachUserPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'DetachUserPolicy')
export class DetachUserPolicy implements Handles<DetachUserPolicyRequest, NamedPrincipal, object> {
  constructor(private readonly attaching: Attaching) {}

  load(input: Valid<DetachUserPolicyRequest>, call: Call) {
    return this.attaching.named(call, 'User', input.UserName, input.PolicyArn);
  }

  handle(input: Valid<DetachUserPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.detach(call, named, input.PolicyArn);
  }
}
