import type { CreateUserRequest, CreateUserResponse } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, Ids } from '@muster/persistence';

import { newUniqueId } from '../../domain/new-credentials.js';
import { principalArn } from '../../domain/principal-arn.js';
import { userShape } from '../../domain/user-shape.js';
import { userCreated } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { Principals } from '../../store/principals.js';

@Operation('iam', 'CreateUser')
export class CreateUser implements Handles<CreateUserRequest, Acted, CreateUserResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly changes: Changes,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<CreateUserRequest>, call: Call): Acted {
    return { on: [{ arn: principalArn('User', call.account, input.Path ?? '/', input.UserName) }] };
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
      userId: newUniqueId((bytes) => this.ids.random(bytes), 'User'),
      arn: principalArn('User', call.account, path, input.UserName),
      description: '',
      tags: Object.fromEntries((input.Tags ?? []).map((tag) => [tag.Key, tag.Value])),
      trustPolicy: null,
      maxSessionSeconds: null,
      boundary: null,
      createdAt: this.clock.now(),
    };
    return this.changes.commit(call, async (tx) => {
      if (!(await this.principals.add(tx, user))) {
        throw new ApiError('EntityAlreadyExistsException', `User with name ${input.UserName} already exists.`);
      }
      tx.announce(userCreated(call, user.arn, { userName: user.name, userId: user.userId }));
      return { User: userShape({ ...user, boundaryArn: null, lastUsedAt: null, lastUsedRegion: null }) };
    });
  }
}
