import type { ListTagsForResourceRequest, ListTagsForResourceResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { tagList } from '../domain/tags.js';
import { type TaggedResource, TaggedResources } from '../tagged-resources.js';

@Operation('ssm', 'ListTagsForResource')
export class ListTagsForResource implements Handles<
  ListTagsForResourceRequest,
  TaggedResource,
  ListTagsForResourceResult
> {
  constructor(private readonly tagged: TaggedResources) {}

  load(input: Valid<ListTagsForResourceRequest>, call: Call) {
    return this.tagged.named(call, input.ResourceType, input.ResourceId);
  }

  async handle(_input: Valid<ListTagsForResourceRequest>, { tags }: TaggedResource) {
    if (!tags) throw new ApiError('InvalidResourceId', '');
    return { TagList: tagList(tags) };
  }
}
