import type { Queries, Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { CommandRow } from './command-row.js';

/** An invocation whose node is to be asked now. */
export interface DueInvocation {
  readonly id: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly what: 'invoke' | 'cancel';
  /** How long the script may still be started; not positive when the delivery time-out is over. */
  readonly startWithinMs: number;
}

const DUE = `id, node_id AS "nodeId", attempt`;
const START_WITHIN = `(extract(epoch FROM $4::timestamptz - now()) * 1000)::float8 AS "startWithinMs"`;

/**
 * What waits to be sent, and what has to be asked again. Time is that of the statement, not of the transaction: what was
 * committed just before the command's row was locked must be seen as due, for whoever committed it found the row locked.
 */
@Injectable()
export class GateQueue {
  /** Gives slots of a locked command to invocations that wait, in order of their turn. */
  async takeSlots(tx: Tx, command: CommandRow, slots: number, leaseMs: number): Promise<DueInvocation[]> {
    if (slots <= 0 || command.stopped) return [];
    return tx.named<DueInvocation>(
      'gate_queue.take_slots',
      `UPDATE invocation SET sent_at = now(), due_at = now() + $3 * interval '1 millisecond', attempt = attempt + 1
       WHERE id IN (
         SELECT id FROM invocation
         WHERE command_id = $1 AND sent_at IS NULL AND final_at IS NULL AND due_at <= statement_timestamp() AND statement_timestamp() < $4
         ORDER BY due_at, node_id LIMIT $2
       ) RETURNING ${DUE}, 'invoke' AS what, ${START_WITHIN}`,
      [command.id, slots, leaseMs, command.deliverBy],
    );
  }

  /** Invocations of a locked command whose lease ran out, or whose cancelling is to be said (again). They keep their slots. */
  async again(tx: Tx, command: CommandRow, most: number, leaseMs: number): Promise<DueInvocation[]> {
    if (most <= 0) return [];
    return tx.named<DueInvocation>(
      'gate_queue.again',
      `UPDATE invocation SET due_at = now() + $3 * interval '1 millisecond', attempt = attempt + 1,
         unsure = unsure OR cancel_requested_at IS NULL
       WHERE id IN (
         SELECT id FROM invocation WHERE command_id = $1 AND sent_at IS NOT NULL AND due_at <= statement_timestamp() ORDER BY due_at LIMIT $2
       )
       RETURNING ${DUE}, CASE WHEN cancel_requested_at IS NULL THEN 'invoke' ELSE 'cancel' END AS what, ${START_WITHIN}`,
      [command.id, most, leaseMs, command.deliverBy],
    );
  }

  /** Commands that have something due and can send it. */
  async commandsDue(on: Queries): Promise<string[]> {
    const rows = await on.named<{ id: string }>(
      'gate_queue.commands_due',
      `SELECT id FROM command c WHERE sealed_at IS NOT NULL AND finished_at IS NULL AND (
         (stopped IS NULL AND now() < deliver_by AND sent < concurrency_limit AND EXISTS (
           SELECT 1 FROM invocation i
           WHERE i.command_id = c.id AND i.sent_at IS NULL AND i.final_at IS NULL AND i.due_at <= now()))
         OR EXISTS (
           SELECT 1 FROM invocation i WHERE i.command_id = c.id AND i.sent_at IS NOT NULL AND i.due_at <= now()))`,
    );
    return rows.map((row) => row.id);
  }

  /**
   * Makes everything that waits for these nodes due now, but for what was sent after the node connected.
   * @returns the commands that have something due
   */
  async nodesConnected(tx: Tx, nodes: readonly { readonly nodeId: string; readonly at: Date }[]): Promise<string[]> {
    const values = [nodes.map((node) => node.nodeId), nodes.map((node) => node.at)];
    const locked = await tx.named<{ id: string }>(
      'gate_queue.lock_waiting',
      `SELECT id FROM command WHERE finished_at IS NULL AND sealed_at IS NOT NULL AND id IN (
         SELECT i.command_id FROM invocation i JOIN unnest($1::text[], $2::timestamptz[]) AS n (node_id, at)
           ON n.node_id = i.node_id
         WHERE i.due_at > now() AND (i.sent_at IS NULL OR i.sent_at < n.at)
       ) ORDER BY id FOR UPDATE`,
      values,
    );
    if (locked.length === 0) return [];
    await tx.named(
      'gate_queue.wake_nodes',
      `UPDATE invocation i SET due_at = now()
       FROM unnest($1::text[], $2::timestamptz[]) AS n (node_id, at)
       WHERE n.node_id = i.node_id AND i.command_id = ANY($3::uuid[]) AND i.due_at > now()
         AND (i.sent_at IS NULL OR i.sent_at < n.at)`,
      [...values, locked.map((row) => row.id)],
    );
    return locked.map((row) => row.id);
  }

  /** The document of a command, with what it is to be run with. */
  async document(on: Queries, commandId: string): Promise<string> {
    const [row] = await on.named<{ document: string }>(
      'gate_queue.document',
      `SELECT document FROM command WHERE id = $1`,
      [commandId],
    );
    return row!.document;
  }
}
