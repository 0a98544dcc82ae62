import type { DeletePolicyRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { policyDeleted } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { ManagedPolicies, type NamedPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'DeletePolicy')
export class DeletePolicy implements Handles<DeletePolicyRequest, NamedPolicy, object> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<DeletePolicyRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  handle(_input: Valid<DeletePolicyRequest>, named: NamedPolicy, call: Call) {
    return this.changes.ofPolicy(call, named, async (tx, policy) => {
      if (policy.attachments > 0 || policy.bounds > 0) {
        throw new ApiError('DeleteConflictException', 'Cannot delete a policy attached to entities.');
      }
      if ((await this.policies.versions(tx, policy.id)).length > 1) {
        throw new ApiError(
          'DeleteConflictException',
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. " +
            'The default version is deleted with the policy.',
        );
      }
      await this.policies.remove(tx, policy.id);
      tx.announce(policyDeleted(call, policy.arn, { policyName: policy.name }));
      return {};
    });
  }
}
