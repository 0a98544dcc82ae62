import type { Ids } from './ids.js';
import type { Queries } from './unit-of-work.js';

/** A message that its consumer could not handle. */
export interface DeadLetter {
  readonly durable: string;
  readonly subject: string;
  readonly streamSeq: number;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly reason: string;
}

/** Where an operator finds what consumers gave up on. */
export class DeadLetters {
  constructor(private readonly ids: Ids) {}

  /** Keeps a message, before it is acknowledged; the same one (durable, sequence) once. */
  async insert(tx: Queries, letter: DeadLetter): Promise<void> {
    await tx.named(
      'dead_letter.insert',
      `INSERT INTO dead_letter (id, durable, subject, stream_seq, body, headers, reason, failed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
       ON CONFLICT (durable, stream_seq) WHERE released_at IS NULL
       DO UPDATE SET reason = excluded.reason, failed_at = excluded.failed_at`,
      [
        this.ids.uuid(),
        letter.durable,
        letter.subject,
        letter.streamSeq,
        letter.body,
        JSON.stringify(
          Object.fromEntries(
            Object.entries(letter.headers).map(([name, values]) => [storable(name), values.map(storable)]),
          ),
        ),
        storable(letter.reason),
      ],
    );
  }
}

/** Postgres keeps no NUL in a text: who sends one must not keep the consumer from its other messages. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}
