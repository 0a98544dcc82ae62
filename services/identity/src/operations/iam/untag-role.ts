import type { UntagRoleRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Tagging } from '../../holders/tagging.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'UntagRole')
export class UntagRole implements Handles<UntagRoleRequest, NamedPrincipal, object> {
  constructor(private readonly tagging: Tagging) {}

  load(input: Valid<UntagRoleRequest>, call: Call) {
    return this.tagging.namedByKeys(call, 'Role', input.RoleName, input.TagKeys);
  }

  handle(input: Valid<UntagRoleRequest>, named: NamedPrincipal, call: Call) {
    return this.tagging.remove(call, named, input.TagKeys);
  }
}
