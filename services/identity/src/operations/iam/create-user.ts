import type { CreateUserRequest, CreateUserResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { userShape } from '../../domain/user-shape.js';
import { userCreated } from '../../events.js';
import { Creating, type Wanted } from '../../holders/creating.js';

@Operation('iam', 'CreateUser')
export class CreateUser implements Handles<CreateUserRequest, Acted, CreateUserResponse> {
  constructor(private readonly creating: Creating) {}

  load(input: Valid<CreateUserRequest>, call: Call): Acted {
    return this.creating.acted(call, wantedOf(input));
  }

  handle(input: Valid<CreateUserRequest>, _loaded: Acted, call: Call) {
    return this.creating.create(call, wantedOf(input), (tx, user) => {
      tx.announce(userCreated(call, user.arn, { userName: user.name, userId: user.userId }));
      return { User: userShape(user) };
    });
  }
}

function wantedOf(input: Valid<CreateUserRequest>): Wanted {
  return {
    kind: 'User',
    name: input.UserName,
    path: input.Path,
    tags: input.Tags,
    boundary: input.PermissionsBoundary,
  };
}
