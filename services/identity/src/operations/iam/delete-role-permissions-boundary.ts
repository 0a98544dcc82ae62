import type { DeleteRolePermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Bounding } from '../../holders/bounding.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteRolePermissionsBoundary')
export class DeleteRolePermissionsBoundary implements Handles<
  DeleteRolePermissionsBoundaryRequest,
  NamedPrincipal,
  object
> {
  constructor(
    private readonly principals: Principals,
    private readonly bounding: Bounding,
  ) {}

  load(input: Valid<DeleteRolePermissionsBoundaryRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(_input: Valid<DeleteRolePermissionsBoundaryRequest>, named: NamedPrincipal, call: Call) {
    return this.bounding.remove(call, named);
  }
}
