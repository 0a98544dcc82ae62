import type { Queries } from './unit-of-work.js';

/** An event as a durable got it. */
export interface Received {
  readonly eventId: string;
  /** In the stream. */
  readonly streamSeq: number;
}

/** Which events a durable consumer has handled. */
export class Inbox {
  /**
   * Claims events with the transaction that handles them.
   * @returns the ids that were not handled before
   */
  async claim(tx: Queries, durable: string, events: readonly Received[]): Promise<Set<string>> {
    const claimed = await tx.named<{ id: string }>(
      'inbox.claim',
      // In one order, so that two batches that share ids wait for each other instead of dying.
      `INSERT INTO inbox (durable, event_id, stream_seq, at)
       SELECT $1, event.id, max(event.seq), clock_timestamp()
       FROM unnest($2::uuid[], $3::bigint[]) AS event (id, seq) GROUP BY event.id ORDER BY event.id
       ON CONFLICT (durable, event_id) DO NOTHING
       RETURNING event_id AS id`,
      [durable, events.map((each) => each.eventId), events.map((each) => each.streamSeq)],
    );
    return new Set(claimed.map((each) => each.id));
  }

  /** The event that lay furthest in the stream, of those that were handled. */
  async furthest(queries: Queries, durable: string): Promise<Received | undefined> {
    const [row] = await queries.named<Received>(
      'inbox.furthest',
      `SELECT event_id AS "eventId", stream_seq AS "streamSeq" FROM inbox
       WHERE durable = $1 AND stream_seq IS NOT NULL ORDER BY stream_seq DESC LIMIT 1`,
      [durable],
    );
    return row;
  }

  /** The stream has lost its end: the places say nothing any more; what was handled stays known. */
  async forgetPlaces(queries: Queries, durable: string): Promise<void> {
    await queries.named(
      'inbox.forget_places',
      'UPDATE inbox SET stream_seq = NULL WHERE durable = $1 AND stream_seq IS NOT NULL',
      [durable],
    );
  }
}
