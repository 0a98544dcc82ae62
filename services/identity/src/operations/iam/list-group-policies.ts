import type { ListGroupPoliciesRequest, ListGroupPoliciesResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListGroupPolicies')
export class ListGroupPolicies implements Handles<ListGroupPoliciesRequest, NamedPrincipal, ListGroupPoliciesResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<ListGroupPoliciesRequest>, call: Call) {
    return this.principals.named(call, 'Group', input.GroupName);
  }

  handle(input: Valid<ListGroupPoliciesRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.list(call, named, input);
  }
}
