import type { ListAttachedUserPoliciesRequest, ListAttachedUserPoliciesResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListAttachedUserPolicies')
export class ListAttachedUserPolicies implements Handles<
  ListAttachedUserPoliciesRequest,
  NamedPrincipal,
  ListAttachedUserPoliciesResponse
> {
  constructor(
    private readonly principals: Principals,
    private readonly attaching: Attaching,
  ) {}

  load(input: Valid<ListAttachedUserPoliciesRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  handle(input: Valid<ListAttachedUserPoliciesRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.list(call, named, input);
  }
}
