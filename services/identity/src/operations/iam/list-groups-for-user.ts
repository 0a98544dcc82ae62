import type { ListGroupsForUserRequest, ListGroupsForUserResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { groupShape } from '../../domain/group-shape.js';
import { page } from '../../page.js';
import { Memberships } from '../../store/memberships.js';
import { type NamedPrincipal, Principals, existing } from '../../store/principals.js';

@Operation('iam', 'ListGroupsForUser')
export class ListGroupsForUser implements Handles<ListGroupsForUserRequest, NamedPrincipal, ListGroupsForUserResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly memberships: Memberships,
  ) {}

  load(input: Valid<ListGroupsForUserRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  async handle(input: Valid<ListGroupsForUserRequest>, named: NamedPrincipal, call: Call) {
    const user = existing(named);
    const { items, ...rest } = await page(call, input, {
      filters: { user: user.id },
      read: (after, limit) => this.memberships.groupsOf(user.id, after, limit),
      keyOf: (group) => group.name,
    });
    return { Groups: items.map(groupShape), ...rest };
  }
}
