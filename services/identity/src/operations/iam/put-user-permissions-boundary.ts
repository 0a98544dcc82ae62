import type { PutUserPermissionsBoundaryRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Bounding } from '../../holders/bounding.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'PutUserPermissionsBoundary')
export class PutUserPermissionsBoundary implements Handles<PutUserPermissionsBoundaryRequest, NamedPrincipal, object> {
  constructor(private readonly bounding: Bounding) {}

  load(input: Valid<PutUserPermissionsBoundaryRequest>, call: Call) {
    return this.bounding.named(call, 'User', input.UserName, input.PermissionsBoundary);
  }

  handle(input: Valid<PutUserPermissionsBoundaryRequest>, named: NamedPrincipal, call: Call) {
    return this.bounding.put(call, named, input.PermissionsBoundary);
  }
}
