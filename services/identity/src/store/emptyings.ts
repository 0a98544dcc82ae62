import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** A sandbox that is being emptied, or was. */
export interface Emptying {
  readonly account: string;
  /** Where it was asked for: events say so. */
  readonly region: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly removed: Readonly<Record<string, number>>;
  readonly finishedAt: Date | null;
}

const COLUMNS = `account, region, requested_by AS "requestedBy", requested_at AS "requestedAt", removed,
                 finished_at AS "finishedAt"`;

/** Sandboxes that are emptied: the row is there before anything is removed, so that no crash leaves one half empty. */
@Injectable()
export class Emptyings {
  constructor(private readonly database: Database) {}

  /** Begins one; one that goes on covers from now on what was made until now. */
  async begin(tx: Tx, wanted: Pick<Emptying, 'account' | 'region' | 'requestedBy' | 'requestedAt'>): Promise<void> {
    await tx.query(
      // Nothing but a sandbox is ever in this table, whoever asks.
      `INSERT INTO emptying (account, region, requested_by, requested_at, removed)
       SELECT id, $2, $3, $4, '{}' FROM account WHERE id = $1 AND sandbox
       ON CONFLICT (account) DO UPDATE SET region = $2, requested_by = $3, requested_at = $4,
         removed = CASE WHEN emptying.finished_at IS NULL THEN emptying.removed ELSE '{}' END, finished_at = NULL`,
      [wanted.account, wanted.region, wanted.requestedBy, wanted.requestedAt],
    );
  }

  async find(account: string): Promise<Emptying | undefined> {
    const [found] = await this.database.query<Emptying>(`SELECT ${COLUMNS} FROM emptying WHERE account = $1`, [
      account,
    ]);
    return found;
  }

  /** The one that waits the longest. */
  async next(): Promise<Emptying | undefined> {
    const [found] = await this.database.query<Emptying>(
      `SELECT ${COLUMNS} FROM emptying WHERE finished_at IS NULL ORDER BY requested_at LIMIT 1`,
    );
    return found;
  }

  /** Counts what a service has removed. */
  async count(account: string, removed: Readonly<Record<string, number>>): Promise<void> {
    await this.database.query(
      `UPDATE emptying SET removed = removed || (
         SELECT coalesce(jsonb_object_agg(key, value::bigint + coalesce((emptying.removed ->> key)::bigint, 0)), '{}')
         FROM jsonb_each_text($2::jsonb)) WHERE account = $1 RETURNING account`,
      [account, JSON.stringify(removed)],
    );
  }

  /** @returns what it has come to; undefined when it was asked for anew meanwhile */
  async finish(tx: Tx, { account, requestedAt }: Emptying, at: Date): Promise<Emptying | undefined> {
    const [finished] = await tx.query<Emptying>(
      `UPDATE emptying SET finished_at = $3 WHERE account = $1 AND requested_at = $2 AND finished_at IS NULL
       RETURNING ${COLUMNS}`,
      [account, requestedAt, at],
    );
    return finished;
  }

  /** All that was removed. */
  async conclude(tx: Tx, account: string, removed: Readonly<Record<string, number>>): Promise<void> {
    await tx.query('UPDATE emptying SET removed = $2 WHERE account = $1 RETURNING account', [
      account,
      JSON.stringify(removed),
    ]);
  }
}
