import type { UpdateRoleRequest, UpdateRoleResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { roleUpdated } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'UpdateRole')
export class UpdateRole implements Handles<UpdateRoleRequest, NamedPrincipal, UpdateRoleResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<UpdateRoleRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(input: Valid<UpdateRoleRequest>, named: NamedPrincipal, call: Call) {
    return this.changes.of(call, named, async (tx, role) => {
      await this.principals.describeRole(tx, role.id, {
        description: input.Description ?? role.description,
        maxSessionSeconds: input.MaxSessionDuration ?? role.maxSessionSeconds,
      });
      tx.announce(roleUpdated(call, role.arn, { roleName: role.name, what: 'description' }));
      return {};
    });
  }
}
