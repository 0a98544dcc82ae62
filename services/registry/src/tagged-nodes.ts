import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { nodeArn } from './domain/node-arn.js';
import { isNodeId } from './domain/node-id.js';
import { addTags, removeTags } from './domain/tags.js';
import { nodeTagsChanged } from './events.js';
import { Nodes } from './store/nodes.js';
import type { TagChange, TagOwner } from './tagged-resources.js';

/** Tags of managed nodes: they are registry's own. */
@Injectable()
export class TaggedNodes implements TagOwner {
  constructor(
    private readonly nodes: Nodes,
    private readonly work: UnitOfWork,
  ) {}

  async find(call: Call, id: string) {
    if (!isNodeId(id)) throw new ApiError('InvalidResourceId', '');
    const { tags } = await this.nodes.named(call, id);
    return { arn: nodeArn(call, id), ...(tags && { tags }) };
  }

  async change(call: Call, nodeId: string, change: TagChange): Promise<void> {
    await this.work.commit(call, async (tx) => {
      const present = await this.nodes.lockTags(tx, call, nodeId);
      if (!present) throw new ApiError('InvalidResourceId', '');
      const tags = 'set' in change ? addTags(present, change.set) : removeTags(present, change.remove);
      await this.nodes.setTags(tx, nodeId, tags);
      tx.announce(nodeTagsChanged(call, nodeArn(call, nodeId), { nodeId, tags }));
      return {};
    });
  }
}
