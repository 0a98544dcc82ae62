import type { GetPolicyVersionRequest, GetPolicyVersionResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Database } from '@muster/persistence';

import { versionShape } from '../../domain/policy-shape.js';
import { noSuchVersion, versionNumber } from '../../domain/version-id.js';
import { ManagedPolicies, type NamedPolicy, existingPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'GetPolicyVersion')
export class GetPolicyVersion implements Handles<GetPolicyVersionRequest, NamedPolicy, GetPolicyVersionResponse> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly database: Database,
  ) {}

  load(input: Valid<GetPolicyVersionRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  async handle(input: Valid<GetPolicyVersionRequest>, named: NamedPolicy) {
    const policy = existingPolicy(named);
    const version = await this.policies.version(this.database, policy.id, versionNumber(input.VersionId));
    if (!version) throw noSuchVersion(policy.arn, input.VersionId);
    return { PolicyVersion: versionShape(version, { withDocument: true }) };
  }
}
