import type { UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { roleShape } from '../../domain/role-shape.js';
import { roleUpdated } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

/** What UpdateRole was before it could more. */
@Operation('iam', 'UpdateRoleDescription')
export class UpdateRoleDescription implements Handles<
  UpdateRoleDescriptionRequest,
  NamedPrincipal,
  UpdateRoleDescriptionResponse
> {
  constructor(
    private readonly principals: Principals,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<UpdateRoleDescriptionRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle({ Description: description }: Valid<UpdateRoleDescriptionRequest>, named: NamedPrincipal, call: Call) {
    return this.changes.of(call, named, async (tx, role) => {
      const described = { ...role, description };
      await this.principals.describeRole(tx, role.id, described);
      tx.announce(roleUpdated(call, role.arn, { roleName: role.name, what: 'description' }));
      return { Role: roleShape(described) };
    });
  }
}
