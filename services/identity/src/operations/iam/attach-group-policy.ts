import type { AttachGroupPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'AttachGroupPolicy')
export class AttachGroupPolicy implements Handles<AttachGroupPolicyRequest, NamedPrincipal, object> {
  constructor(private readonly attaching: Attaching) {}

  load(input: Valid<AttachGroupPolicyRequest>, call: Call) {
    return this.attaching.named(call, 'Group', input.GroupName, input.PolicyArn);
  }

  handle(input: Valid<AttachGroupPolicyRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.attach(call, named, input.PolicyArn);
  }
}
