import type { DeregisterManagedInstanceRequest, DeregisterManagedInstanceResult } from '@aws-sdk/client-ssm';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { nodeDeregistered } from '@muster/contracts';
import { UnitOfWork } from '@muster/persistence';

import { noSuchNode } from '../domain/no-such-node.js';
import { nodeArn } from '../domain/node-arn.js';
import { type NamedNode, Nodes } from '../store/nodes.js';

/** Ends a node's identity: its hellos are refused, its credential is not renewed. The machine may register anew. */
@Operation('ssm', 'DeregisterManagedInstance')
export class DeregisterManagedInstance implements Handles<
  DeregisterManagedInstanceRequest,
  NamedNode,
  DeregisterManagedInstanceResult
> {
  constructor(
    private readonly nodes: Nodes,
    private readonly work: UnitOfWork,
  ) {}

  load(input: Valid<DeregisterManagedInstanceRequest>, call: Call) {
    return this.nodes.named(call, input.InstanceId);
  }

  async handle(_input: Valid<DeregisterManagedInstanceRequest>, { nodeId }: NamedNode, call: Call) {
    return this.work.commit(call, async (tx) => {
      const removed = await this.nodes.remove(tx, call, nodeId);
      if (!removed) throw noSuchNode(nodeId);
      const computerName = removed.computerName ?? undefined;
      tx.announce(nodeDeregistered(call, nodeArn(call, nodeId), { nodeId, ...(computerName && { computerName }) }));
      return {};
    });
  }
}
