import type { ListRolesRequest, ListRolesResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { principalArn } from '../../domain/principal-arn.js';
import { roleShape } from '../../domain/role-shape.js';
import { page } from '../../page.js';
import { Principals } from '../../store/principals.js';

@Operation('iam', 'ListRoles')
export class ListRoles implements Handles<ListRolesRequest, Acted, ListRolesResponse> {
  constructor(private readonly principals: Principals) {}

  load(_input: Valid<ListRolesRequest>, call: Call): Acted {
    return { on: [{ arn: principalArn('Role', call.account, '/', '') }] };
  }

  async handle(input: Valid<ListRolesRequest>, _loaded: Acted, call: Call) {
    const pathPrefix = input.PathPrefix ?? '/';
    const { items, ...rest } = await page(call, input, {
      filters: { pathPrefix },
      read: (after, limit) => this.principals.list(call.account, 'Role', pathPrefix, after, limit),
      keyOf: (each) => each.name,
    });
    return { Roles: items.map((each) => roleShape(each, { inList: true })), ...rest };
  }
}
