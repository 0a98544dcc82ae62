import type { GetGroupRequest, GetGroupResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { groupShape } from '../../domain/group-shape.js';
import { userShape } from '../../domain/user-shape.js';
import { page } from '../../page.js';
import { Memberships } from '../../store/memberships.js';
import { type NamedPrincipal, Principals, existing } from '../../store/principals.js';

@Operation('iam', 'GetGroup')
export class GetGroup implements Handles<GetGroupRequest, NamedPrincipal, GetGroupResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly memberships: Memberships,
  ) {}

  load(input: Valid<GetGroupRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  async handle(input: Valid<GetGroupRequest>, named: NamedPrincipal, call: Call) {
    const group = existing(named);
    const { items, ...rest } = await page(call, input, {
      filters: { group: group.id },
      read: (after, limit) => this.memberships.membersOf(group.id, after, limit),
      keyOf: (user) => user.name,
    });
    return { Group: groupShape(group), Users: items.map((user) => userShape(user, { inList: true })), ...rest };
  }
}
