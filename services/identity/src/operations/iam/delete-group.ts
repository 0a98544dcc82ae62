import type { DeleteGroupRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { groupDeleted } from '../../events.js';
import { Deleting } from '../../holders/deleting.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteGroup')
export class DeleteGroup implements Handles<DeleteGroupRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly deleting: Deleting,
  ) {}

  load(input: Valid<DeleteGroupRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  handle(_input: Valid<DeleteGroupRequest>, named: NamedPrincipal, call: Call) {
    return this.deleting.remove(call, named, (tx, gone) => {
      tx.announce(groupDeleted(call, gone.arn, { groupName: gone.name, groupId: gone.userId }));
    });
  }
}
