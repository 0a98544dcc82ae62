import { Sweeps, type Sweeping } from '@muster/bus';
import { CannotOpen, Envelope } from '@muster/keys';
import { UnitOfWork } from '@muster/persistence';
import { log } from '@muster/telemetry';

import {
  type SealedColumn,
  type SealedRow,
  lockSealedBy,
  replaceSealed,
  sealedColumns,
} from '../store/sealed-columns.js';

const MOST = 200;

/**
 * Brings what an older root key sealed under the current one, 200 texts a transaction: only the wrapping of their data keys
 * changes. Killed in between, it goes on where it was. Where there is no older root key there is nothing to do.
 */
@Sweeps({ everyMs: 60_000, lock: 'identity.rewrap-secrets' })
export class RewrapSecrets implements Sweeping {
  private readonly logger = log('root-key');
  private rewrapped = 0;

  constructor(
    private readonly envelope: Envelope,
    private readonly work: UnitOfWork,
  ) {}

  async sweep(): Promise<number> {
    const older = this.envelope.olderRootKeyIds;
    if (older.length === 0) return 0;
    for (const column of sealedColumns) {
      const done = await this.rewrap(column, older);
      this.rewrapped += done;
      if (done > 0) return done;
    }
    if (this.rewrapped > 0) {
      const rootKey = this.envelope.rootKeyId;
      this.logger.info({ rootKey, rewrapped: this.rewrapped }, 'Everything is under the root key: older ones can go.');
      this.rewrapped = 0;
    }
    return 0;
  }

  private rewrap(column: SealedColumn, older: readonly string[]): Promise<number> {
    return this.work.run(async (tx) => {
      const rows = await lockSealedBy(tx, column, older, MOST);
      const anew = rows.flatMap((row) => this.anew(column, row));
      if (anew.length > 0) await replaceSealed(tx, column, anew);
      return anew.length;
    });
  }

  private anew(column: SealedColumn, row: SealedRow): SealedRow[] {
    try {
      return [{ key: row.key, sealed: this.envelope.rewrap(row.sealed) }];
    } catch (err) {
      if (!(err instanceof CannotOpen)) throw err;
      // Damaged: it was lost before, and must not keep the others from being brought over.
      this.logger.error({ err, table: column.table, key: row.key }, 'a secret cannot be opened');
      return [];
    }
  }
}
