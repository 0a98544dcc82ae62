import type { CreateUserRequest, CreateUserResponse } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, Ids, UnitOfWork } from '@muster/persistence';

import { newUserId } from '../../domain/new-access-key.js';
import { userArn } from '../../domain/user-arn.js';
import { userShape } from '../../domain/user-shape.js';
import { userCreated } from '../../events.js';
import { Revisions } from '../../store/revisions.js';
import { Users } from '../../store/users.js';

@Operation('iam', 'CreateUser')
export class CreateUser implements Handles<CreateUserRequest, Acted, CreateUserResponse> {
  constructor(
    private readonly users: Users,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<CreateUserRequest>, call: Call): Acted {
    return { on: [{ arn: userArn(call.account, input.Path ?? '/', input.UserName) }] };
  }

  async handle(input: Valid<CreateUserRequest>, _loaded: Acted, call: Call) {
    if (input.PermissionsBoundary !== undefined) {
      throw new ApiError('InvalidInputException', 'PermissionsBoundary is not supported: leave it out.');
    }
    const path = input.Path ?? '/';
    const user = {
      id: this.ids.uuid(),
      account: call.account,
      kind: 'User' as const,
      name: input.UserName,
      path,
      userId: newUserId((bytes) => this.ids.random(bytes)),
      arn: userArn(call.account, path, input.UserName),
      tags: Object.fromEntries((input.Tags ?? []).map((tag) => [tag.Key, tag.Value])),
      createdAt: this.clock.now(),
    };
    return this.work.commit(call, async (tx) => {
      if (!(await this.users.add(tx, user))) {
        throw new ApiError('EntityAlreadyExistsException', `User with name ${input.UserName} already exists.`);
      }
      await this.revisions.advance(tx);
      tx.announce(userCreated(call, user.arn, { userName: user.name, userId: user.userId }));
      return { User: userShape(user) };
    });
  }
}
