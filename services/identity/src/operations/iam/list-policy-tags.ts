import type { ListPolicyTagsRequest, ListPolicyTagsResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { pageOfTags } from '../../holders/tagging.js';
import { ManagedPolicies, type NamedPolicy, existingPolicy } from '../../store/managed-policies.js';

@Operation('iam', 'ListPolicyTags')
export class ListPolicyTags implements Handles<ListPolicyTagsRequest, NamedPolicy, ListPolicyTagsResponse> {
  constructor(private readonly policies: ManagedPolicies) {}

  load(input: Valid<ListPolicyTagsRequest>, call: Call) {
    return this.policies.named(call, input.PolicyArn);
  }

  async handle(input: Valid<ListPolicyTagsRequest>, named: NamedPolicy, call: Call) {
    const { id, tags } = existingPolicy(named);
    const { items, ...rest } = await pageOfTags(call, input, id, tags);
    return { Tags: items, ...rest };
  }
}
