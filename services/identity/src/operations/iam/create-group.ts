import type { CreateGroupRequest, CreateGroupResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { groupShape } from '../../domain/group-shape.js';
import { groupCreated } from '../../events.js';
import { Creating, type Wanted } from '../../holders/creating.js';

@Operation('iam', 'CreateGroup')
export class CreateGroup implements Handles<CreateGroupRequest, Acted, CreateGroupResponse> {
  constructor(private readonly creating: Creating) {}

  load(input: Valid<CreateGroupRequest>, call: Call): Acted {
    return this.creating.acted(call, wantedOf(input));
  }

  handle(input: Valid<CreateGroupRequest>, _loaded: Acted, call: Call) {
    return this.creating.create(call, wantedOf(input), (tx, group) => {
      tx.announce(groupCreated(call, group.arn, { groupName: group.name, groupId: group.userId }));
      return { Group: groupShape(group) };
    });
  }
}

function wantedOf(input: Valid<CreateGroupRequest>): Wanted {
  return { kind: 'Group', name: input.GroupName, path: input.Path };
}
