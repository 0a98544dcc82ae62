import type { RemoveTagsFromResourceRequest, RemoveTagsFromResourceResult } from '@aws-sdk/client-ssm';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { type TaggedResource, TaggedResources } from '../tagged-resources.js';

@Operation('ssm', 'RemoveTagsFromResource', { audits: true })
export class RemoveTagsFromResource implements Handles<
  RemoveTagsFromResourceRequest,
  TaggedResource,
  RemoveTagsFromResourceResult
> {
  constructor(private readonly tagged: TaggedResources) {}

  load(input: Valid<RemoveTagsFromResourceRequest>, call: Call) {
    return this.tagged.named(call, input.ResourceType, input.ResourceId, { remove: input.TagKeys });
  }

  async handle(input: Valid<RemoveTagsFromResourceRequest>, { id, owner }: TaggedResource, call: Call) {
    await owner.change(call, id, { remove: input.TagKeys });
    return {};
  }
}
