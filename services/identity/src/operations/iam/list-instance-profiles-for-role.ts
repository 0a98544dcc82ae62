import type { ListInstanceProfilesForRoleRequest, ListInstanceProfilesForRoleResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { type NamedPrincipal, Principals, existing } from '../../store/principals.js';

/** None: there are no instance profiles here. Terraform asks for them before it deletes a role. */
@Operation('iam', 'ListInstanceProfilesForRole')
export class ListInstanceProfilesForRole implements Handles<
  ListInstanceProfilesForRoleRequest,
  NamedPrincipal,
  ListInstanceProfilesForRoleResponse
> {
  constructor(private readonly principals: Principals) {}

  load(input: Valid<ListInstanceProfilesForRoleRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  async handle(_input: Valid<ListInstanceProfilesForRoleRequest>, named: NamedPrincipal) {
    existing(named);
    return { InstanceProfiles: [], IsTruncated: false };
  }
}
