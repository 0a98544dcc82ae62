import type { ListAttachedGroupPoliciesRequest, ListAttachedGroupPoliciesResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListAttachedGroupPolicies')
export class ListAttachedGroupPolicies implements Handles<
  ListAttachedGroupPoliciesRequest,
  NamedPrincipal,
  ListAttachedGroupPoliciesResponse
> {
  constructor(
    private readonly principals: Principals,
    private readonly attaching: Attaching,
  ) {}

  load(input: Valid<ListAttachedGroupPoliciesRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  handle(input: Valid<ListAttachedGroupPoliciesRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.list(call, named, input);
  }
}
