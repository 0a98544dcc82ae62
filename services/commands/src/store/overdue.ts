import type { Queries, Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { invocationColumns, type InvocationRow } from './invocation-row.js';

/** Commands with invocations whose time is over. */
@Injectable()
export class Overdue {
  /** Commands with invocations that were not sent by the end of the delivery time-out. */
  async undelivered(on: Queries): Promise<string[]> {
    const rows = await on.named<{ id: string }>(
      'overdue.undelivered',
      `SELECT id FROM command
       WHERE finished_at IS NULL AND unsent > 0 AND sealed_at IS NOT NULL AND deliver_by <= now()
       ORDER BY deliver_by LIMIT 50`,
    );
    return rows.map((row) => row.id);
  }

  /** Commands with invocations that were sent and of which no end was reported by ExpiresAfter and the grace. */
  async silent(on: Queries, graceMs: number): Promise<string[]> {
    const rows = await on.named<{ id: string }>(
      'overdue.silent',
      `SELECT id FROM command
       WHERE finished_at IS NULL AND sent > 0 AND expires_at <= now() - $1 * interval '1 millisecond'
       ORDER BY expires_at LIMIT 50`,
      [graceMs],
    );
    return rows.map((row) => row.id);
  }

  /** Invocations of a locked command that are under way. */
  async sentOf(tx: Tx, commandId: string, most: number): Promise<InvocationRow[]> {
    return tx.named<InvocationRow>(
      'overdue.sent_of',
      `SELECT ${invocationColumns} FROM invocation i
       WHERE i.command_id = $1 AND i.sent_at IS NOT NULL AND i.final_at IS NULL LIMIT $2`,
      [commandId, most],
    );
  }
}
