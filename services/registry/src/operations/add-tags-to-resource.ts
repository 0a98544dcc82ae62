import type { AddTagsToResourceRequest, AddTagsToResourceResult } from '@aws-sdk/client-ssm';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { type TaggedResource, TaggedResources } from '../tagged-resources.js';

@Operation('ssm', 'AddTagsToResource', { audits: true })
export class AddTagsToResource implements Handles<AddTagsToResourceRequest, TaggedResource, AddTagsToResourceResult> {
  constructor(private readonly tagged: TaggedResources) {}

  load(input: Valid<AddTagsToResourceRequest>, call: Call) {
    return this.tagged.named(call, input.ResourceType, input.ResourceId, { set: input.Tags });
  }

  async handle(input: Valid<AddTagsToResourceRequest>, { id, owner }: TaggedResource, call: Call) {
    await owner.change(call, id, { set: input.Tags });
    return {};
  }
}
