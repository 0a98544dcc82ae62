import type { UntagPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { withoutTags } from '../../domain/changed-tags.js';
import { tagsChanged } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { ManagedPolicies, type NamedPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'UntagPolicy')
export class UntagPolicy implements Handles<UntagPolicyRequest, NamedPolicy, object> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<UntagPolicyRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn, { 'aws:TagKeys': input.TagKeys });
  }

  handle(input: Valid<UntagPolicyRequest>, named: NamedPolicy, call: Call) {
    return this.changes.ofPolicy(call, named, async (tx, policy) => {
      await this.policies.setTags(tx, policy.id, withoutTags(policy.tags, input.TagKeys));
      tx.announce(tagsChanged(call, policy.arn, { kind: 'Policy', name: policy.name }));
      return {};
    });
  }
}
