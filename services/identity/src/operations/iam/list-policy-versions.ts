import type { ListPolicyVersionsRequest, ListPolicyVersionsResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Database } from '@muster/persistence';

import { versionShape } from '../../domain/policy-shape.js';
import { page } from '../../page.js';
import { ManagedPolicies, type NamedPolicy, existingPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'ListPolicyVersions')
export class ListPolicyVersions implements Handles<ListPolicyVersionsRequest, NamedPolicy, ListPolicyVersionsResponse> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly database: Database,
  ) {}

  load(input: Valid<ListPolicyVersionsRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  async handle(input: Valid<ListPolicyVersionsRequest>, named: NamedPolicy, call: Call) {
    const policy = existingPolicy(named);
    // A handful: what the quota allows.
    const versions = await this.policies.versions(this.database, policy.id);
    const { items, ...rest } = await page(call, input, {
      filters: { policy: policy.id },
      read: (after, limit) =>
        Promise.resolve(versions.filter(({ number }) => after === '' || number < Number(after)).slice(0, limit)),
      keyOf: ({ number }) => String(number),
    });
    return { Versions: items.map((version) => versionShape(version)), ...rest };
  }
}
