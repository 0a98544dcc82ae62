import { type Sweeping, Sweeps } from '@muster/bus';
import { nodeDisconnected } from '@muster/contracts';
import { UnitOfWork } from '@muster/persistence';

import { nodeArn } from '../domain/node-arn.js';
import { Presences } from '../store/presences.js';

const BATCH = 500;

/** Nodes that were silent for too long, while somebody listened, are offline. */
@Sweeps({ everyMs: 1000, lock: 'registry.presence' })
export class LoseSilentNodes implements Sweeping {
  constructor(
    private readonly presences: Presences,
    private readonly work: UnitOfWork,
  ) {}

  async sweep(): Promise<number> {
    return this.work.run(async (tx) => {
      const lost = await this.presences.loseSilent(tx, BATCH);
      tx.announce(
        ...lost.map(({ nodeId, lastSeenAt, ...scope }) =>
          nodeDisconnected(scope, nodeArn(scope, nodeId), {
            nodeId,
            lastSeen: lastSeenAt.toISOString(),
            reason: 'Its heartbeats stopped.',
          }),
        ),
      );
      return lost.length;
    });
  }
}
