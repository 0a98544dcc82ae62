import type { Call } from '@muster/bus';
import { type Tx, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { noSuchKey } from '../domain/key-reference.js';
import { keyChanged } from '../events.js';
import { type KeyChange, KeyRing, type StoredKey } from './key-ring.js';
import { type NamedKey, existing } from './named-keys.js';
import { Revisions } from './revisions.js';

/** Changes of one key by an API call. */
@Injectable()
export class KeyChanges {
  constructor(
    private readonly ring: KeyRing,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
  ) {}

  /**
   * Locks the key, changes what `decide` gives and says so everywhere.
   * @param decide on the key as it is under the lock; throws when it cannot be
   */
  commit<T extends object>(
    call: Call,
    named: NamedKey,
    decide: (key: StoredKey, tx: Tx) => { change: KeyChange; answer: T } | Promise<{ change: KeyChange; answer: T }>,
  ): Promise<T> {
    const { id } = existing(named);
    return this.work.commit(call, async (tx) => {
      const key = await this.ring.lock(tx, id);
      if (!key) throw noSuchKey(named.reference);
      const { change, answer } = await decide(key, tx);
      if (Object.keys(change).length > 0) await this.ring.change(tx, id, change);
      await this.revisions.advance(tx);
      tx.announce(keyChanged(key, key.arn, { keyId: id, operation: call.action.split(':')[1]! }));
      return answer;
    });
  }
}
