import type { AddTagsToResourceRequest, AddTagsToResourceResult } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { nodeArn } from '../domain/node-arn.js';
import { addTags } from '../domain/tags.js';
import { nodeTagsChanged } from '../events.js';
import { type NamedNode, Nodes } from '../store/nodes.js';
import { TaggedResources } from '../tagged-resources.js';

@Operation('ssm', 'AddTagsToResource')
export class AddTagsToResource implements Handles<AddTagsToResourceRequest, NamedNode, AddTagsToResourceResult> {
  constructor(
    private readonly tagged: TaggedResources,
    private readonly nodes: Nodes,
    private readonly work: UnitOfWork,
  ) {}

  load(input: Valid<AddTagsToResourceRequest>, call: Call) {
    return this.tagged.named(call, input.ResourceType, input.ResourceId);
  }

  async handle(input: Valid<AddTagsToResourceRequest>, { nodeId }: NamedNode, call: Call) {
    return this.work.commit(call, async (tx) => {
      const present = await this.nodes.lockTags(tx, call, nodeId);
      if (!present) throw new ApiError('InvalidResourceId', '');
      const tags = addTags(present, input.Tags);
      await this.nodes.setTags(tx, nodeId, tags);
      tx.announce(nodeTagsChanged(call, nodeArn(call, nodeId), { nodeId, tags }));
      return {};
    });
  }
}
