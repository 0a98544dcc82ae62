import type { RemoveUserFromGroupRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { membershipChanged } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { Memberships } from '../../store/memberships.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'RemoveUserFromGroup')
export class RemoveUserFromGroup implements Handles<RemoveUserFromGroupRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly memberships: Memberships,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<RemoveUserFromGroupRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  handle(input: Valid<RemoveUserFromGroupRequest>, named: NamedPrincipal, call: Call) {
    return this.changes.of(call, named, async (tx, group) => {
      const user = await this.principals.lockMember(tx, call, input.UserName);
      if (!(await this.memberships.remove(tx, user.id, group.id))) {
        throw new ApiError('NoSuchEntityException', `User ${user.name} is not in group ${group.name}.`);
      }
      tx.announce(
        membershipChanged(call, group.arn, { groupName: group.name, userName: user.name, change: 'removed' }),
      );
      return {};
    });
  }
}
