import type { DeleteUserPermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Bounding } from '../../holders/bounding.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteUserPermissionsBoundary')
export class DeleteUserPermissionsBoundary implements Handles<
  DeleteUserPermissionsBoundaryRequest,
  NamedPrincipal,
  object
> {
  constructor(
    private readonly principals: Principals,
    private readonly bounding: Bounding,
  ) {}

  load(input: Valid<DeleteUserPermissionsBoundaryRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  handle(_input: Valid<DeleteUserPermissionsBoundaryRequest>, named: NamedPrincipal, call: Call) {
    return this.bounding.remove(call, named);
  }
}
