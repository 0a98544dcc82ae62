import { Sweeps, type Sweeping } from '@muster/bus';
import { Clock, Ids, UnitOfWork } from '@muster/persistence';

import { newMaterialId } from '../domain/new-key.js';
import { rotationFrom } from '../domain/rotation.js';
import { keyRotated } from '../events.js';
import { KeyRing } from '../store/key-ring.js';
import { Revisions } from '../store/revisions.js';

const MOST = 100;

/** Gives new material to the keys whose rotation is due. One that was disabled meanwhile is rotated when it is enabled again. */
@Sweeps({ everyMs: 60_000, lock: 'identity.rotate-keys' })
export class RotateKeys implements Sweeping {
  constructor(
    private readonly ring: KeyRing,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  sweep(): Promise<number> {
    const at = this.clock.now();
    return this.work.run(async (tx) => {
      const due = await this.ring.lockDueForRotation(tx, at, MOST);
      for (const id of due) {
        const key = (await this.ring.lock(tx, id))!;
        const materialId = newMaterialId((bytes) => this.ids.random(bytes));
        await this.ring.rotate(tx, key, { rotation: 'AUTOMATIC', materialId, material: this.ids.random(32), at });
        await this.ring.change(tx, id, rotationFrom(at, key.rotationDays!));
        tx.announce(keyRotated(key, key.arn, { keyId: id, rotation: 'AUTOMATIC' }));
      }
      if (due.length > 0) await this.revisions.advance(tx);
      return due.length;
    });
  }
}
