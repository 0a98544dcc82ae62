import { Consumes, type ConsumesEvents } from '@muster/bus';
import { type CloudEvent, nodeDeregistered } from '@muster/contracts';
import type { Tx } from '@muster/persistence';

import { NodeKeys } from '../store/node-keys.js';

/** A node that was deregistered gets no further credential. */
@Consumes(nodeDeregistered, { durable: 'identity-forget-node', batch: 500 })
export class ForgetNode implements ConsumesEvents<{ nodeId: string }> {
  constructor(private readonly nodeKeys: NodeKeys) {}

  async handle(events: readonly CloudEvent<{ nodeId: string }>[], tx: Tx): Promise<void> {
    await this.nodeKeys.forget(
      tx,
      events.map((event) => event.data.nodeId),
    );
  }
}
