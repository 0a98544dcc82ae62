import type { ListUserTagsRequest, ListUserTagsResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Tagging } from '../../holders/tagging.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListUserTags')
export class ListUserTags implements Handles<ListUserTagsRequest, NamedPrincipal, ListUserTagsResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly tagging: Tagging,
  ) {}

  load(input: Valid<ListUserTagsRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  handle(input: Valid<ListUserTagsRequest>, named: NamedPrincipal, call: Call) {
    return this.tagging.list(call, named, input);
  }
}
