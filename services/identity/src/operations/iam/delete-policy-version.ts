import type { DeletePolicyVersionRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { noSuchVersion, versionNumber } from '../../domain/version-id.js';
import { policyVersionChanged } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { ManagedPolicies, type NamedPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'DeletePolicyVersion')
export class DeletePolicyVersion implements Handles<DeletePolicyVersionRequest, NamedPolicy, object> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<DeletePolicyVersionRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  handle({ VersionId: versionId }: Valid<DeletePolicyVersionRequest>, named: NamedPolicy, call: Call) {
    return this.changes.ofPolicy(call, named, async (tx, policy) => {
      const version = await this.policies.version(tx, policy.id, versionNumber(versionId));
      if (!version) throw noSuchVersion(policy.arn, versionId);
      if (version.isDefault) {
        throw new ApiError('DeleteConflictException', 'Cannot delete the default version of a policy.');
      }
      await this.policies.removeVersion(tx, policy.id, version.number);
      tx.announce(policyVersionChanged(call, policy.arn, { policyName: policy.name, versionId, change: 'deleted' }));
      return {};
    });
  }
}
