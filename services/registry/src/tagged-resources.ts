import { ApiError } from '@muster/aws-protocol';
import { Injectable } from '@nestjs/common';

import { isNodeId } from './domain/node-id.js';
import { type NamedNode, Nodes } from './store/nodes.js';

/** Finds what a tagging operation is about. Only managed nodes can be tagged so far; other owners will be asked by rpc. */
@Injectable()
export class TaggedResources {
  constructor(private readonly nodes: Nodes) {}

  /** @throws ApiError InvalidResourceType, InvalidResourceId (which has no message at AWS) */
  async named(scope: { account: string; region: string }, type: string, id: string): Promise<NamedNode> {
    if (type !== 'ManagedInstance') {
      throw new ApiError('InvalidResourceType', `Tags on a ${type} are not supported yet. Supported: ManagedInstance.`);
    }
    if (!isNodeId(id)) throw new ApiError('InvalidResourceId', '');
    return this.nodes.named(scope, id);
  }
}
