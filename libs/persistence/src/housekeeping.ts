import type { Outbox } from './outbox.js';
import type { Database } from './unit-of-work.js';

const HOUR = 3_600_000;

/** Forgets what the infrastructure tables need no more. */
export class Housekeeping {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
  ) {}

  /** One small step of each kind; call again at once while it returns more than 0. */
  async sweep(): Promise<number> {
    // 48 hours: as long as a stream that lost its end may be filled again from here.
    const outbox = await this.outbox.prune(48 * HOUR);
    const calls = await this.database.named(
      'answered_call.prune',
      `DELETE FROM answered_call WHERE ctid IN (
         SELECT ctid FROM answered_call WHERE at < clock_timestamp() - interval '15 minutes' LIMIT 1000
       ) RETURNING 1 AS gone`,
    );
    // EVENTS keeps a message for 7 days: after the 8th none of these can come again.
    const inbox = await this.database.named(
      'inbox.prune',
      `DELETE FROM inbox WHERE ctid IN (
         SELECT ctid FROM inbox WHERE at < clock_timestamp() - interval '8 days' LIMIT 1000
       ) RETURNING 1 AS gone`,
    );
    return outbox + calls.length + inbox.length;
  }
}
