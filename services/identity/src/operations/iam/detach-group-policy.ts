import type { DetachGroupPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'DetachGroupPolicy')
export class DetachGroupPolicy implements Handles<DetachGroupPolicyRequest, NamedPrincipal, object> {
  constructor(private readonly attaching: Attaching) {}

  load(input: Valid<DetachGroupPolicyRequest>, call: Call) {
    return this.attaching.named(call, 'Group', input.GroupName, input.PolicyArn);
  }

  handle(input: Valid<DetachGroupPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.detach(call, named, input.PolicyArn);
  }
}
