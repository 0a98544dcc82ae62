import type { SetDefaultPolicyVersionRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { noSuchVersion, versionNumber } from '../../domain/version-id.js';
import { policyVersionChanged } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { ManagedPolicies, type NamedPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'SetDefaultPolicyVersion')
export class SetDefaultPolicyVersion implements Handles<SetDefaultPolicyVersionRequest, NamedPolicy, object> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<SetDefaultPolicyVersionRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  handle({ VersionId: versionId }: Valid<SetDefaultPolicyVersionRequest>, named: NamedPolicy, call: Call) {
    return this.changes.ofPolicy(call, named, async (tx, policy) => {
      const version = await this.policies.version(tx, policy.id, versionNumber(versionId));
      if (!version) throw noSuchVersion(policy.arn, versionId);
      await this.policies.setDefault(tx, policy.id, version.number);
      tx.announce(policyVersionChanged(call, policy.arn, { policyName: policy.name, versionId, change: 'default' }));
      return {};
    });
  }
}
