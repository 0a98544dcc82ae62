import type { TagRoleRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Tagging } from '../../holders/tagging.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'TagRole')
export class TagRole implements Handles<TagRoleRequest, NamedPrincipal, object> {
  constructor(private readonly tagging: Tagging) {}

  load(input: Valid<TagRoleRequest>, call: Call) {
    return this.tagging.named(call, 'Role', input.RoleName, input.Tags);
  }

  handle(input: Valid<TagRoleRequest>, named: NamedPrincipal, call: Call) {
    return this.tagging.add(call, named, input.Tags);
  }
}
