import type { ListGroupsRequest, ListGroupsResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { principalArn } from '../../domain/principal-arn.js';
import { groupShape } from '../../domain/group-shape.js';
import { page } from '../../page.js';
import { Principals } from '../../store/principals.js';

@Operation('iam', 'ListGroups')
export class ListGroups implements Handles<ListGroupsRequest, Acted, ListGroupsResponse> {
  constructor(private readonly principals: Principals) {}

  load(_input: Valid<ListGroupsRequest>, call: Call): Acted {
    return { on: [{ arn: principalArn('Group', call.account, '/', '') }] };
  }

  async handle(input: Valid<ListGroupsRequest>, _loaded: Acted, call: Call) {
    const pathPrefix = input.PathPrefix ?? '/';
    const { items, ...rest } = await page(call, input, {
      filters: { pathPrefix },
      read: (after, limit) => this.principals.list(call.account, 'Group', pathPrefix, after, limit),
      keyOf: (each) => each.name,
    });
    return { Groups: items.map((each) => groupShape(each)), ...rest };
  }
}
