import type { ListUsersRequest, ListUsersResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { principalArn } from '../../domain/principal-arn.js';
import { userShape } from '../../domain/user-shape.js';
import { page } from '../../page.js';
import { Principals } from '../../store/principals.js';

@Operation('iam', 'ListUsers')
export class ListUsers implements Handles<ListUsersRequest, Acted, ListUsersResponse> {
  constructor(private readonly principals: Principals) {}

  load(_input: Valid<ListUsersRequest>, call: Call): Acted {
    return { on: [{ arn: principalArn('User', call.account, '/', '') }] };
  }

  async handle(input: Valid<ListUsersRequest>, _loaded: Acted, call: Call) {
    const pathPrefix = input.PathPrefix ?? '/';
    const { items, ...rest } = await page(call, input, {
      filters: { pathPrefix },
      read: (after, limit) => this.principals.list(call.account, 'User', pathPrefix, after, limit),
      keyOf: (each) => each.name,
    });
    return { Users: items.map((each) => userShape(each, { inList: true })), ...rest };
  }
}
