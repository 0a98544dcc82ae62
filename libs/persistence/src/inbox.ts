import type { Queries } from './unit-of-work.js';

/** Which events a durable consumer has handled. */
export class Inbox {
  /**
   * Claims events with the transaction that handles them.
   * @returns the ids that were not handled before
   */
  async claim(tx: Queries, durable: string, eventIds: readonly string[]): Promise<Set<string>> {
    const claimed = await tx.named<{ id: string }>(
      'inbox.claim',
      // In one order, so that two batches that share ids wait for each other instead of dying.
      `INSERT INTO inbox (durable, event_id, at)
       SELECT $1, event.id, clock_timestamp() FROM (SELECT DISTINCT unnest($2::uuid[]) AS id ORDER BY 1) AS event
       ON CONFLICT (durable, event_id) DO NOTHING
       RETURNING event_id AS id`,
      [durable, [...eventIds]],
    );
    return new Set(claimed.map((each) => each.id));
  }
}
