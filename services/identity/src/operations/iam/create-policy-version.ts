import type { CreatePolicyVersionRequest, CreatePolicyVersionResponse } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { IdentityConfig } from '../../config.js';
import { versionShape } from '../../domain/policy-shape.js';
import { checkPolicy, demandSize } from '../../domain/policy-text.js';
import { policyVersionChanged } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { ManagedPolicies, type NamedPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'CreatePolicyVersion')
export class CreatePolicyVersion implements Handles<
  CreatePolicyVersionRequest,
  NamedPolicy,
  CreatePolicyVersionResponse
> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly changes: Changes,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  load(input: Valid<CreatePolicyVersionRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  handle(input: Valid<CreatePolicyVersionRequest>, named: NamedPolicy, call: Call) {
    const { PolicyDocument: document, SetAsDefault: isDefault = false } = input;
    checkPolicy(document);
    demandSize(document, 'PolicySize', this.config.managedPolicyBytes);
    return this.changes.ofPolicy(call, named, async (tx, policy) => {
      const limit = this.config.versionsPerPolicy;
      if ((await this.policies.versions(tx, policy.id)).length >= limit) {
        throw new ApiError(
          'LimitExceededException',
          `A managed policy can have up to ${limit} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      const createdAt = this.clock.now();
      const number = await this.policies.addVersion(tx, policy.id, { document, createdAt, isDefault });
      const versionId = `v${number}`;
      tx.announce(policyVersionChanged(call, policy.arn, { policyName: policy.name, versionId, change: 'created' }));
      return { PolicyVersion: versionShape({ number, document, createdAt, isDefault }) };
    });
  }
}
