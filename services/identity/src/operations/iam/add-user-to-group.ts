import type { AddUserToGroupRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Inject } from '@nestjs/common';

import type { IdentityConfig } from '../../config.js';
import { overQuota } from '../../domain/over-quota.js';
import { membershipChanged } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { Memberships } from '../../store/memberships.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'AddUserToGroup')
export class AddUserToGroup implements Handles<AddUserToGroupRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly memberships: Memberships,
    private readonly changes: Changes,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  load(input: Valid<AddUserToGroupRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  handle(input: Valid<AddUserToGroupRequest>, named: NamedPrincipal, call: Call) {
    return this.changes.of(call, named, async (tx, group) => {
      const user = await this.principals.lockMember(tx, call, input.UserName);
      await this.memberships.add(tx, user.id, group.id);
      const { groupsPerUser } = this.config;
      if ((await this.memberships.countGroups(tx, user.id)) > groupsPerUser) {
        throw overQuota('GroupsPerUser', groupsPerUser);
      }
      tx.announce(membershipChanged(call, group.arn, { groupName: group.name, userName: user.name, change: 'added' }));
      return {};
    });
  }
}
