import type { ListAttachedRolePoliciesRequest, ListAttachedRolePoliciesResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Attaching } from '../../holders/attaching.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListAttachedRolePolicies')
export class ListAttachedRolePolicies implements Handles<
  ListAttachedRolePoliciesRequest,
  NamedPrincipal,
  ListAttachedRolePoliciesResponse
> {
  constructor(
    private readonly principals: Principals,
    private readonly attaching: Attaching,
  ) {}

  load(input: Valid<ListAttachedRolePoliciesRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(input: Valid<ListAttachedRolePoliciesRequest>, named: NamedPrincipal, call: Call) {
    return this.attaching.list(call, named, input);
  }
}
