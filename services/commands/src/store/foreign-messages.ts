import { DeadLetters, type Tx } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Injectable } from '@nestjs/common';

/** A message in which a node speaks about something that is not its own. */
export interface ForeignMessage {
  readonly durable: string;
  readonly subject: string;
  readonly sequence: number;
  readonly body: Uint8Array;
  readonly reason: string;
}

const MOST_KEPT = 1_000;

/** Audits what nodes had no business to say: a log line each, and the first ones whole, for an operator. */
@Injectable()
export class ForeignMessages {
  private readonly logger = log('commands.audit');

  constructor(private readonly deadLetters: DeadLetters) {}

  async keep(tx: Tx, messages: readonly ForeignMessage[]): Promise<void> {
    if (messages.length === 0) return;
    for (const { subject, sequence, reason } of messages) {
      this.logger.warn({ subject, sequence, reason }, 'a node spoke about what is not its own: dropped');
    }
    // A hostile node must not fill the disk: the log has all of them.
    const [kept] = await tx.named<{ count: number }>(
      'foreign_messages.count',
      `SELECT count(*)::integer AS count
       FROM (SELECT 1 FROM dead_letter WHERE durable = $1 AND released_at IS NULL LIMIT $2) AS first_ones`,
      [messages[0]!.durable, MOST_KEPT],
    );
    for (const message of messages.slice(0, MOST_KEPT - kept!.count)) {
      const { durable, subject, sequence, body, reason } = message;
      await this.deadLetters.insert(tx, { durable, subject, streamSeq: sequence, body, headers: {}, reason });
    }
  }
}
