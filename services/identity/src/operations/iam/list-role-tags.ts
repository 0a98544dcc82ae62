import type { ListRoleTagsRequest, ListRoleTagsResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Tagging } from '../../holders/tagging.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListRoleTags')
export class ListRoleTags implements Handles<ListRoleTagsRequest, NamedPrincipal, ListRoleTagsResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly tagging: Tagging,
  ) {}

  load(input: Valid<ListRoleTagsRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(input: Valid<ListRoleTagsRequest>, named: NamedPrincipal, call: Call) {
    return this.tagging.list(call, named, input);
  }
}
