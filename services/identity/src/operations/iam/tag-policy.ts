import type { TagPolicyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { withTags } from '../../domain/changed-tags.js';
import { requestTags } from '@muster/iam';
import { tagsChanged } from '../../events.js';
import { Changes } from '../../store/changes.js';
import { ManagedPolicies, type NamedPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'TagPolicy')
export class TagPolicy implements Handles<TagPolicyRequest, NamedPolicy, object> {
  constructor(
    private readonly policies: ManagedPolicies,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<TagPolicyRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn, requestTags(input.Tags));
  }

  handle(input: Valid<TagPolicyRequest>, named: NamedPolicy, call: Call) {
    return this.changes.ofPolicy(call, named, async (tx, policy) => {
      await this.policies.setTags(tx, policy.id, withTags(policy.tags, input.Tags));
      tx.announce(tagsChanged(call, policy.arn, { kind: 'Policy', name: policy.name }));
      return {};
    });
  }
}
