import type { GetUserRequest, GetUserResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { userShape } from '../../domain/user-shape.js';
import { type NamedPrincipal, Principals, existing } from '../../store/principals.js';

@Operation('iam', 'GetUser')
export class GetUser implements Handles<GetUserRequest, NamedPrincipal, GetUserResponse> {
  constructor(private readonly principals: Principals) {}

  load(input: Valid<GetUserRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  async handle(_input: Valid<GetUserRequest>, named: NamedPrincipal) {
    return { User: userShape(existing(named)) };
  }
}
