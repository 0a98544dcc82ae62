import type { UpdateUserRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { userUpdated } from '../../events.js';
import { Renaming } from '../../holders/renaming.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'UpdateUser')
export class UpdateUser implements Handles<UpdateUserRequest, NamedPrincipal, object> {
  constructor(private readonly renaming: Renaming) {}

  load(input: Valid<UpdateUserRequest>, call: Call) {
    return this.renaming.named(call, 'User', input.UserName, { name: input.NewUserName, path: input.NewPath });
  }

  handle(input: Valid<UpdateUserRequest>, named: NamedPrincipal, call: Call) {
    const to = { name: input.NewUserName, path: input.NewPath };
    return this.renaming.rename(call, named, to, (tx, { arn: formerArn }, { arn, name, userId }) => {
      tx.announce(userUpdated(call, arn, { userName: name, userId: userId, formerArn }));
    });
  }
}
