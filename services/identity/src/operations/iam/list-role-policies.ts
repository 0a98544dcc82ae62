import type { ListRolePoliciesRequest, ListRolePoliciesResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Inlining } from '../../holders/inlining.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'ListRolePolicies')
export class ListRolePolicies implements Handles<ListRolePoliciesRequest, NamedPrincipal, ListRolePoliciesResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly inlining: Inlining,
  ) {}

  load(input: Valid<ListRolePoliciesRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(input: Valid<ListRolePoliciesRequest>, named: NamedPrincipal, call: Call) {
    return this.inlining.list(call, named, input);
  }
}
