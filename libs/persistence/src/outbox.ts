import { OutboxFull } from './database-away.js';
import type { PublishableEvent } from './cloud-events.js';
import type { Database, Queries } from './unit-of-work.js';

/** An event that waits to be published, in its place of the order. */
export interface OutboxRow {
  /** Order of publishing; grows for ever. */
  readonly relaySeq: number;
  readonly eventId: string;
  readonly subject: string;
  /** The CloudEvent as JSON. */
  readonly body: string;
}

/** How far publishing is behind. */
export interface OutboxLag {
  /** Unpublished rows, counted up to the outbox's limit. */
  readonly rows: number;
  readonly oldestMs: number;
}

/**
 * Events between the commit that announced them and the stream. One relay reads it at a time; it publishes what
 * `nextBatch` gives in that order, then marks it.
 */
export class Outbox {
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly database: Database,
    readonly limit: number,
  ) {}

  /** Called after a commit of this process that announced something; other replicas' are found by looking. */
  onAnnounced(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** For the unit of work, after its commit. */
  announced(): void {
    for (const each of this.listeners) each();
  }

  /** Writes events with the transaction. @throws OutboxFull */
  async write(tx: Queries, events: readonly PublishableEvent[]): Promise<void> {
    if (events.length === 0) return;
    // Published in order, so the unpublished are (but for gaps of roll-backs) all between the first and the last of them:
    // two look-ups in the partial index instead of counting.
    const written = await tx.named(
      'outbox.write',
      `WITH waiting AS (SELECT coalesce(max(id) - min(id) + 1, 0) AS rows FROM outbox WHERE published_at IS NULL)
       INSERT INTO outbox (event_id, subject, body, created_at)
       SELECT event.id, event.subject, event.body, clock_timestamp()
       FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS event (id, subject, body, place), waiting
       WHERE waiting.rows < $4 ORDER BY event.place
       RETURNING id`,
      [
        events.map((each) => each.event.id),
        events.map((each) => each.subject),
        events.map((each) => JSON.stringify(each.event)),
        this.limit,
      ],
    );
    if (written.length === 0) throw new OutboxFull(this.limit);
  }

  /**
   * What to publish next, in order: first what an earlier relay may have left, then the next rows, which get their place
   * here, committed before anything is published.
   */
  async nextBatch(most: number): Promise<OutboxRow[]> {
    const left = await this.leftBatch(most);
    return left.length > 0 ? left : this.place(most);
  }

  /** Gives the next rows their place; for a relay that knows that nothing was left. */
  async place(most: number): Promise<OutboxRow[]> {
    return this.database.named<OutboxRow>(
      'outbox.place',
      `WITH next AS (
         SELECT id, nextval('outbox_relay_seq') AS place FROM (
           SELECT id FROM outbox WHERE published_at IS NULL AND relay_seq IS NULL ORDER BY id LIMIT $1
         ) AS waiting
       ), placed AS (
         UPDATE outbox SET relay_seq = next.place FROM next WHERE outbox.id = next.id
         RETURNING outbox.relay_seq, outbox.event_id, outbox.subject, outbox.body
       )
       SELECT relay_seq AS "relaySeq", event_id AS "eventId", subject, body FROM placed ORDER BY relay_seq`,
      [most],
    );
  }

  /** Marks what the stream has acknowledged. */
  async markPublished(rows: readonly { relaySeq: number; streamSeq: number }[]): Promise<void> {
    if (rows.length === 0) return;
    await this.database.named(
      'outbox.mark',
      `UPDATE outbox SET published_at = clock_timestamp(), stream_seq = done.stream_seq
       FROM unnest($1::bigint[], $2::bigint[]) AS done (relay_seq, stream_seq)
       WHERE outbox.relay_seq = done.relay_seq`,
      [rows.map((each) => each.relaySeq), rows.map((each) => each.streamSeq)],
    );
  }

  /** What an earlier relay gave a place and perhaps published, but did not mark: never more than its last batch. */
  async leftBatch(most: number): Promise<OutboxRow[]> {
    return this.database.named<OutboxRow>(
      'outbox.left',
      `SELECT relay_seq AS "relaySeq", event_id AS "eventId", subject, body FROM outbox
       WHERE published_at IS NULL AND relay_seq IS NOT NULL ORDER BY relay_seq LIMIT $1`,
      [most],
    );
  }

  /** The last row that is known to be in the stream. */
  async lastPublished(): Promise<{ relaySeq: number; eventId: string; streamSeq: number } | undefined> {
    const [row] = await this.database.named<{ relaySeq: number; eventId: string; streamSeq: number }>(
      'outbox.last_published',
      `SELECT relay_seq AS "relaySeq", event_id AS "eventId", stream_seq AS "streamSeq" FROM outbox
       WHERE stream_seq IS NOT NULL ORDER BY stream_seq DESC LIMIT 1`,
    );
    return row;
  }

  /** Places are given beyond this one: the stream holds it already, though this outbox may not know it (a backup). */
  async placeBeyond(relaySeq: number): Promise<void> {
    await this.database.named(
      'outbox.beyond',
      `SELECT setval('outbox_relay_seq', $1) FROM outbox_relay_seq WHERE last_value < $1`,
      [relaySeq],
    );
  }

  /**
   * After the stream lost its end (a power cut): what was published beyond this place is unpublished again, and keeps its
   * place in the order. What the stream has meanwhile let go by age or size stays published.
   * @returns how many
   */
  async republishAfter(relaySeq: number, firstStreamSeq: number): Promise<number> {
    const again = await this.database.named(
      'outbox.republish',
      `UPDATE outbox SET published_at = NULL, stream_seq = NULL WHERE relay_seq > $1 AND stream_seq >= $2
       RETURNING 1 AS again`,
      [relaySeq, firstStreamSeq],
    );
    return again.length;
  }

  /** How far publishing is behind. */
  async lag(): Promise<OutboxLag> {
    const [row] = await this.database.named<OutboxLag>(
      'outbox.lag',
      `SELECT count(*) AS rows,
              coalesce(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float8 AS "oldestMs"
       FROM (SELECT created_at FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT $1) AS waiting`,
      [this.limit],
    );
    return row!;
  }

  /** Forgets what was published longer ago than this, a thousand at a time. @returns how many */
  async prune(olderThanMs: number): Promise<number> {
    const gone = await this.database.named(
      'outbox.prune',
      `DELETE FROM outbox WHERE id IN (
         SELECT id FROM outbox WHERE published_at < clock_timestamp() - $1 * interval '1 millisecond'
         ORDER BY id LIMIT 1000
       ) RETURNING 1 AS gone`,
      [olderThanMs],
    );
    return gone.length;
  }
}
