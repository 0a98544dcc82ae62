import type { DeleteRoleRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { roleDeleted } from '../../events.js';
import { Deleting } from '../../holders/deleting.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteRole')
export class DeleteRole implements Handles<DeleteRoleRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly deleting: Deleting,
  ) {}

  load(input: Valid<DeleteRoleRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(_input: Valid<DeleteRoleRequest>, named: NamedPrincipal, call: Call) {
    return this.deleting.remove(call, named, (tx, gone) => {
      tx.announce(roleDeleted(call, gone.arn, { roleName: gone.name, roleId: gone.userId }));
    });
  }
}
