import type { ListUserPoliciesRequest, ListUserPoliciesResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListUserPolicies')
export class ListUserPolicies implements Handles<ListUserPoliciesRequest, NamedPrincipal, ListUserPoliciesResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<ListUserPoliciesRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  handle(input: Valid<ListUserPoliciesRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.list(call, named, input);
  }
}
