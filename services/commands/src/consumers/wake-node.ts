import { Consumes, type ConsumesEvents } from '@muster/bus';
import { type CloudEvent, nodeConnected } from '@muster/contracts';
import type { Tx } from '@muster/persistence';

import { Gate } from '../gate/gate.js';
import { GateQueue } from '../store/gate-queue.js';

/** A node said hello: what waits for it may be sent now. It only becomes due; nothing passes beside the gate. */
@Consumes(nodeConnected, { durable: 'commands-wake-node', batch: 500 })
export class WakeNode implements ConsumesEvents<{ nodeId: string; epoch: string }> {
  constructor(
    private readonly queue: GateQueue,
    private readonly gate: Gate,
  ) {}

  async handle(events: readonly CloudEvent<{ nodeId: string; epoch: string }>[], tx: Tx): Promise<void> {
    const latest = new Map(events.map((event) => [event.data.nodeId, new Date(event.time)]));
    const commandIds = await this.queue.nodesConnected(
      tx,
      [...latest].map(([nodeId, at]) => ({ nodeId, at })),
    );
    tx.afterCommit(() => this.gate.wake(commandIds));
  }
}
