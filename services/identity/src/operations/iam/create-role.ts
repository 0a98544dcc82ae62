import type { CreateRoleRequest, CreateRoleResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { roleShape } from '../../domain/role-shape.js';
import { roleCreated } from '../../events.js';
import { Creating, type Wanted } from '../../holders/creating.js';
import { Trusting } from '../../holders/trusting.js';

/** AWS's, when nobody says how long a session of the role may last. */
const USUAL_SESSION_SECONDS = 3600;

@Operation('iam', 'CreateRole')
export class CreateRole implements Handles<CreateRoleRequest, Acted, CreateRoleResponse> {
  constructor(
    private readonly creating: Creating,
    private readonly trusting: Trusting,
  ) {}

  load(input: Valid<CreateRoleRequest>, call: Call): Acted {
    return this.creating.acted(call, wantedOf(input));
  }

  handle(input: Valid<CreateRoleRequest>, _loaded: Acted, call: Call) {
    this.trusting.check(input.AssumeRolePolicyDocument);
    return this.creating.create(call, wantedOf(input), (tx, role) => {
      tx.announce(roleCreated(call, role.arn, { roleName: role.name, roleId: role.userId }));
      return { Role: roleShape(role) };
    });
  }
}

function wantedOf(input: Valid<CreateRoleRequest>): Wanted {
  return {
    kind: 'Role',
    name: input.RoleName,
    path: input.Path,
    tags: input.Tags,
    boundary: input.PermissionsBoundary,
    role: {
      trustPolicy: input.AssumeRolePolicyDocument,
      maxSessionSeconds: input.MaxSessionDuration ?? USUAL_SESSION_SECONDS,
      description: input.Description ?? '',
    },
  };
}
