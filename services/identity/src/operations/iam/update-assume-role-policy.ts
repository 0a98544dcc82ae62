import type { UpdateAssumeRolePolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { roleUpdated } from '../../events.js';
import { Trusting } from '../../holders/trusting.js';
import { Changes } from '../../store/changes.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'UpdateAssumeRolePolicy')
export class UpdateAssumeRolePolicy implements Handles<UpdateAssumeRolePolicyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly trusting: Trusting,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<UpdateAssumeRolePolicyRequest>, call: Call) {
    return this.principals.named(call, 'Role', input.RoleName);
  }

  handle(input: Valid<UpdateAssumeRolePolicyRequest>, named: NamedPrincipal, call: Call) {
    this.trusting.check(input.PolicyDocument);
    return this.changes.of(call, named, async (tx, role) => {
      await this.principals.setTrustPolicy(tx, role.id, input.PolicyDocument);
      tx.announce(roleUpdated(call, role.arn, { roleName: role.name, what: 'trust-policy' }));
      return {};
    });
  }
}
