import { Sweeps, type Sweeping } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';

import { keyDeleted } from '../events.js';
import { KeyRing } from '../store/key-ring.js';
import { Revisions } from '../store/revisions.js';

const MOST = 100;

/** Destroys the keys whose deletion is due. What they encrypted is lost. */
@Sweeps({ everyMs: 60_000, lock: 'identity.delete-keys' })
export class DeleteKeys implements Sweeping {
  constructor(
    private readonly ring: KeyRing,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  sweep(): Promise<number> {
    return this.work.run(async (tx) => {
      const removed = await this.ring.removeDue(tx, this.clock.now(), MOST);
      for (const key of removed) tx.announce(keyDeleted(key, key.arn, { keyId: key.id }));
      if (removed.length > 0) await this.revisions.advance(tx);
      return removed.length;
    });
  }
}
