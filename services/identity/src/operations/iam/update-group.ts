import type { UpdateGroupRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { groupUpdated } from '../../events.js';
import { Renaming } from '../../holders/renaming.js';
import type { NamedPrincipal } from '../../store/principals.js';

@Operation('iam', 'UpdateGroup')
export class UpdateGroup implements Handles<UpdateGroupRequest, NamedPrincipal, object> {
  constructor(private readonly renaming: Renaming) {}

  load(input: Valid<UpdateGroupRequest>, call: Call) {
    return this.renaming.named(call, 'Group', input.GroupName, { name: input.NewGroupName, path: input.NewPath });
  }

  handle(input: Valid<UpdateGroupRequest>, named: NamedPrincipal, call: Call) {
    const to = { name: input.NewGroupName, path: input.NewPath };
    return this.renaming.rename(call, named, to, (tx, { arn: formerArn }, { arn, name, userId }) => {
      tx.announce(groupUpdated(call, arn, { groupName: name, groupId: userId, formerArn }));
    });
  }
}
