import { commandStatusChanged, invocationStatusChanged } from '@muster/contracts';
import { formatArn } from '@muster/iam';
import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { commandStanding, type Stopped } from '../domain/command-status.js';
import type { Move } from '../domain/invocation.js';
import { invocationStatuses, type Standing } from '../domain/invocation-status.js';
import { errorsOf, type Ledger, moved, type Place, placeOf, places } from '../domain/ledger.js';
import { cancelledUnsent, terminated } from '../domain/unsent-ends.js';
import { commandColumns, type CommandRow } from './command-row.js';
import { invocationColumns, type InvocationRow } from './invocation-row.js';
import type { MovedRow } from './moves.js';

const endOf = { Cancel: cancelledUnsent, MaxErrors: terminated } as const;

/**
 * All changes of invocations go through here, so that the ledger of the command, its status and the events change in
 * the same transaction. The one order of locks: commands by id, then their invocations; who holds a command's row may
 * change its invocations without locking them.
 */
@Injectable()
export class Ledgers {
  /** Locks the commands of these invocations. */
  async lockOf(tx: Tx, invocationIds: readonly string[]): Promise<Map<string, CommandRow>> {
    const rows = await tx.named<CommandRow>(
      'ledgers.lock_of',
      `SELECT ${commandColumns} FROM command c
       WHERE c.id IN (SELECT command_id FROM invocation WHERE id = ANY($1::uuid[]))
       ORDER BY c.id FOR UPDATE`,
      [invocationIds],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Locks commands. */
  async lock(tx: Tx, commandIds: readonly string[]): Promise<Map<string, CommandRow>> {
    const rows = await tx.named<CommandRow>(
      'ledgers.lock',
      `SELECT ${commandColumns} FROM command c WHERE c.id = ANY($1::uuid[]) ORDER BY c.id FOR UPDATE`,
      [commandIds],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Locks a command for the gate, unless somebody else has it: then that one looks at what is due after us. */
  async tryLock(tx: Tx, commandId: string): Promise<CommandRow | undefined> {
    const [row] = await tx.named<CommandRow>(
      'ledgers.try_lock',
      `SELECT ${commandColumns} FROM command c
       WHERE c.id = $1 AND c.sealed_at IS NOT NULL AND c.finished_at IS NULL FOR UPDATE SKIP LOCKED`,
      [commandId],
    );
    return row;
  }

  /** Reads invocations of locked commands. */
  async invocations(tx: Tx, ids: readonly string[]): Promise<Map<string, InvocationRow>> {
    const rows = await tx.named<InvocationRow>(
      'ledgers.invocations',
      `SELECT ${invocationColumns} FROM invocation i WHERE i.id = ANY($1::uuid[])`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Writes moves of invocations of one locked command, and all that follows from them. */
  async move(tx: Tx, command: CommandRow, rows: readonly MovedRow[]): Promise<CommandRow> {
    if (rows.length === 0) return command;
    for (const row of rows) refuseImpossible(row);
    await this.write(tx, rows);
    this.announceInvocations(
      tx,
      command,
      rows
        .filter(({ before, move }) => before.status !== move.after.status || before.details !== move.after.details)
        .map(({ before, move }) => ({ nodeId: before.nodeId, ...move.after })),
    );
    const ledger = moved(
      command,
      rows.map(({ before, move }) => ({ from: placeOf(before), to: placeOf(move.after) })),
    );
    const started = command.started || rows.some(({ move }) => move.after.accepted);
    return this.settle(tx, command, ledger, { started });
  }

  /** Ends invocations of a locked command that were never sent, at most so many. */
  async endUnsent(
    tx: Tx,
    command: CommandRow,
    end: Standing & { readonly reason: string },
    most: number,
  ): Promise<CommandRow> {
    const ledger = await this.closeUnsent(tx, command, command, end, most);
    return this.settle(tx, command, ledger, { started: command.started });
  }

  /** Stops a locked command: everything unsent ends with it; what is under way goes on. */
  async stop(tx: Tx, command: CommandRow, stopped: Stopped): Promise<CommandRow> {
    return this.settle(tx, command, command, { started: command.started, stopped });
  }

  /** The gate gave slots to invocations that waited. */
  async slotsTaken(tx: Tx, command: CommandRow, count: number): Promise<void> {
    if (count === 0) return;
    await tx.named('ledgers.slots_taken', `UPDATE command SET unsent = unsent - $2, sent = sent + $2 WHERE id = $1`, [
      command.id,
      count,
    ]);
  }

  private async write(tx: Tx, rows: readonly MovedRow[]): Promise<void> {
    const after = rows.map(({ move }) => move.after);
    await tx.named(
      'ledgers.write',
      `UPDATE invocation i SET
         status = m.status, status_details = m.details, reason = m.reason, unsure = m.unsure,
         response_code = m.response_code, started_at = m.started_at, finished_at = m.finished_at,
         sent_at = CASE WHEN m.sent THEN coalesce(i.sent_at, now()) END,
         accepted_at = CASE WHEN m.accepted THEN coalesce(i.accepted_at, now()) END,
         cancel_requested_at = CASE WHEN m.cancel_requested THEN coalesce(i.cancel_requested_at, now()) END,
         final_at = CASE WHEN m.final THEN now() END,
         due_at = CASE m.due WHEN -2 THEN i.due_at WHEN -1 THEN NULL ELSE now() + m.due * interval '1 millisecond' END
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::boolean[], $7::boolean[],
                   $8::boolean[], $9::integer[], $10::timestamptz[], $11::timestamptz[], $12::boolean[], $13::bigint[])
         AS m (id, status, details, reason, unsure, sent, accepted, cancel_requested, response_code, started_at,
               finished_at, final, due)
       WHERE i.id = m.id`,
      [
        rows.map(({ before }) => before.id),
        after.map((each) => each.status),
        after.map((each) => each.details),
        after.map((each) => each.reason),
        after.map((each) => each.unsure),
        after.map((each) => each.sent),
        after.map((each) => each.accepted),
        after.map((each) => each.cancelRequested),
        after.map((each) => each.responseCode),
        after.map((each) => each.startedAt),
        after.map((each) => each.finishedAt),
        after.map((each) => invocationStatuses.isFinal(each.status)),
        rows.map(({ move }) => dueNumber(move.dueInMs)),
      ],
    );
  }

  /** Ends unsent invocations; the ledger after it. */
  private async closeUnsent(
    tx: Tx,
    command: CommandRow,
    ledger: Ledger,
    end: Standing & { readonly reason: string },
    most?: number,
  ): Promise<Ledger> {
    const nodes = await tx.named<{ nodeId: string }>(
      'ledgers.close_unsent',
      `UPDATE invocation SET status = $2, status_details = $3, reason = $4, due_at = NULL, final_at = now()
       WHERE id IN (
         SELECT id FROM invocation WHERE command_id = $1 AND sent_at IS NULL AND final_at IS NULL LIMIT $5
       ) RETURNING node_id AS "nodeId"`,
      [command.id, end.status, end.details, end.reason, most ?? null],
    );
    this.announceInvocations(
      tx,
      command,
      nodes.map(({ nodeId }) => ({ nodeId, ...end })),
    );
    return moved(ledger, [{ from: 'unsent', to: placeOf({ ...end, sent: false }), count: nodes.length }]);
  }

  /** Writes the ledger, stops the command if it has too many errors (then nothing stays unsent), and moves its status. */
  private async settle(
    tx: Tx,
    command: CommandRow,
    changed: Ledger,
    how: { readonly started: boolean; readonly stopped?: Stopped },
  ): Promise<CommandRow> {
    let ledger = changed;
    const stopped = command.stopped ?? how.stopped ?? (errorsOf(ledger) > command.errorLimit ? 'MaxErrors' : null);
    // Also those that came back: sent before the command was stopped, and not delivered.
    if (stopped && ledger.unsent > 0) ledger = await this.closeUnsent(tx, command, ledger, endOf[stopped]);
    const standing = commandStanding({ ledger, started: how.started, stopped, errorLimit: command.errorLimit });
    const after: CommandRow = {
      ...command,
      ...onlyPlaces(ledger),
      started: how.started,
      stopped,
      status: standing.status,
      statusDetails: standing.details,
    };
    await tx.named(
      'ledgers.settle',
      `UPDATE command SET ${places.map((place, at) => `${place} = $${at + 6}`).join(', ')},
         status = $2, status_details = $3, stopped = $4,
         started_at = CASE WHEN $5 THEN coalesce(started_at, now()) END,
         finished_at = CASE WHEN $${places.length + 6} THEN coalesce(finished_at, now()) END
       WHERE id = $1`,
      [
        command.id,
        standing.status,
        standing.details,
        stopped,
        how.started,
        ...places.map((place) => ledger[place]),
        standing.final,
      ],
    );
    if (after.status !== command.status || after.statusDetails !== command.statusDetails) announceCommand(tx, after);
    return after;
  }

  private announceInvocations(
    tx: Tx,
    command: CommandRow,
    rows: readonly (Standing & { readonly nodeId: string })[],
  ): void {
    const requested = command.requestedAt.toISOString();
    for (const { nodeId, status, details } of rows) {
      tx.announce(
        invocationStatusChanged(command, nodeArn(command, nodeId), {
          'command-id': command.id,
          'document-name': command.documentName,
          'instance-id': nodeId,
          'requested-date-time': requested,
          status,
          'status-details': details,
        }),
      );
    }
  }
}

/** Announces how a command stands now. */
export function announceCommand(tx: Tx, command: CommandRow): void {
  tx.announce(
    commandStatusChanged(command, formatArn({ ...command, service: 'ssm', resource: `command/${command.id}` }), {
      'command-id': command.id,
      'document-name': command.documentName,
      'expire-after': command.expiresAt.toISOString(),
      'requested-date-time': command.requestedAt.toISOString(),
      status: command.status,
      'status-details': command.statusDetails,
    }),
  );
}

/** ARN of a managed node. */
export function nodeArn(scope: { readonly account: string; readonly region: string }, nodeId: string): string {
  return formatArn({ ...scope, service: 'ssm', resource: `managed-instance/${nodeId}` });
}

function refuseImpossible({ before, move }: MovedRow): void {
  const { status } = move.after;
  if (status === before.status && !invocationStatuses.isFinal(status)) return;
  if (!invocationStatuses.mayMove(before.status, status)) {
    throw new Error(`invocation ${before.id} cannot go from ${before.status} to ${status}`);
  }
}

function dueNumber(due: Move['dueInMs']): number {
  if (due === 'unchanged') return -2;
  return due === 'never' ? -1 : Math.round(due);
}

function onlyPlaces(ledger: Ledger): Record<Place, number> {
  return Object.fromEntries(places.map((place) => [place, ledger[place]])) as Record<Place, number>;
}
