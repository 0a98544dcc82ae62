import type { GetRoleRequest, GetRoleResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { roleShape } from '../../domain/role-shape.js';
import { type NamedPrincipal, Principals, existing } from '../../store/principals.js';

@Operation('iam', 'GetRole')
export class GetRole implements Handles<GetRoleRequest, NamedPrincipal, GetRoleResponse> {
  constructor(private readonly principals: Principals) {}

  load(input: Valid<GetRoleRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  async handle(_input: Valid<GetRoleRequest>, named: NamedPrincipal) {
    return { Role: roleShape(existing(named)) };
  }
}
