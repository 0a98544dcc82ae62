import type { Tag } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Acted, Call, Valid } from '@muster/bus';
import { requestTags } from '@muster/iam';
import { Injectable } from '@nestjs/common';

import type { Tags } from './domain/tags.js';
import { TaggedNodes } from './tagged-nodes.js';
import { TaggedParameters } from './tagged-parameters.js';

/** What a tagging operation is about; `tags` is absent when there is nothing of this id. */
export interface TaggedResource extends Acted {
  readonly id: string;
  readonly owner: TagOwner;
  readonly tags?: Tags;
}

/** How tags are to change: one of both. */
export type TagChange = { readonly set: readonly Valid<Tag>[] } | { readonly remove: readonly string[] };

/** Who keeps the tags of one type of resources. */
export interface TagOwner {
  /** @throws ApiError InvalidResourceId when no id is formed like that */
  find(call: Call, id: string): Promise<{ readonly arn: string; readonly tags?: Tags }>;
  /** @throws ApiError InvalidResourceId when it is gone, TooManyTagsError, ValidationException */
  change(call: Call, id: string, change: TagChange): Promise<void>;
}

/** Finds what a tagging operation is about: tags lie with what they tag. */
@Injectable()
export class TaggedResources {
  private readonly owners: Readonly<Partial<Record<string, TagOwner>>>;

  constructor(nodes: TaggedNodes, parameters: TaggedParameters) {
    this.owners = { ManagedInstance: nodes, Parameter: parameters };
  }

  /**
   * @param change what is decided on beside the resource: `aws:RequestTag/…` and `aws:TagKeys`
   * @throws ApiError InvalidResourceType, InvalidResourceId (which has no message at AWS)
   */
  async named(call: Call, type: string, id: string, change?: TagChange): Promise<TaggedResource> {
    const owner = this.owners[type];
    if (!owner) {
      const supported = Object.keys(this.owners).join(', ');
      throw new ApiError('InvalidResourceType', `Tags on a ${type} are not supported yet. Supported: ${supported}.`);
    }
    const found = await owner.find(call, id);
    return { on: [{ ...found, ...(change && { context: contextOf(change) }) }], id, owner, ...found };
  }
}

function contextOf(change: TagChange): Record<string, string | string[]> {
  return 'set' in change ? requestTags(change.set) : { 'aws:TagKeys': [...change.remove] };
}
