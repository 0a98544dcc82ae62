import type { PutRolePermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Bounding } from '../../holders/bounding.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'PutRolePermissionsBoundary')
export class PutRolePermissionsBoundary implements Handles<PutRolePermissionsBoundaryRequest, NamedPrincipal, object> {
  constructor(private readonly bounding: Bounding) {}

  load(input: Valid<PutRolePermissionsBoundaryRequest>, call: Call) {
    return this.bounding.named(call, 'Role', input.RoleName, input.PermissionsBoundary);
  }

  handle(input: Valid<PutRolePermissionsBoundaryRequest>, named: NamedPrincipal, call: Call) {
    return this.bounding.put(call, named, input.PermissionsBoundary);
  }
}
