import type { GetUserRequest, GetUserResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { userShape } from '../../domain/user-shape.js';
import { type NamedUser, Users, existing } from '../../store/users.js';

@Operation('iam', 'GetUser')
export class GetUser implements Handles<GetUserRequest, NamedUser, GetUserResponse> {
  constructor(private readonly users: Users) {}

  load(input: Valid<GetUserRequest>, call: Call) {
    return this.users.named(call, input.UserName);
  }

  async handle(_input: Valid<GetUserRequest>, named: NamedUser) {
    return { User: userShape(existing(named)) };
  }
}
