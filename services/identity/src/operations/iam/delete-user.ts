import type { DeleteUserRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { userDeleted } from '../../events.js';
import { Deleting } from '../../holders/deleting.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteUser')
export class DeleteUser implements Handles<DeleteUserRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly deleting: Deleting,
  ) {}

  load(input: Valid<DeleteUserRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  handle(_input: Valid<DeleteUserRequest>, named: NamedPrincipal, call: Call) {
    return this.deleting.remove(call, named, (tx, gone) => {
      tx.announce(userDeleted(call, gone.arn, { userName: gone.name, userId: gone.userId }));
    });
  }
}
