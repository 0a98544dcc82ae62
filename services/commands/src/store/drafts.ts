import type { Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { CommandStepName } from '../domain/plugin-name.js';
import { commandColumns, type CommandRow } from './command-row.js';

/** A command that is being put together. */
export interface Draft {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly documentName: string;
  readonly documentVersion: string;
  readonly document: string;
  readonly steps: readonly CommandStepName[];
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly comment: string;
  readonly instanceIds: readonly string[];
  readonly targets: readonly { readonly Key?: string | undefined; readonly Values?: readonly string[] | undefined }[];
  readonly timeoutSeconds: number;
  readonly executionSeconds: number;
  readonly maxConcurrency: string;
  readonly maxErrors: string;
  readonly requestedBy: string;
  readonly traceparent: string | null;
}

/** A node that the command is for. */
export interface DraftTarget {
  readonly invocationId: string;
  readonly nodeId: string;
  readonly nodeName: string;
}

/** Limits that follow from the number of targets. */
export interface Seal {
  readonly targetCount: number;
  readonly concurrencyLimit: number;
  readonly errorLimit: number;
}

/** Commands before they are sealed: nobody sees them and nothing is sent. */
@Injectable()
export class Drafts {
  async insert(on: Queries, draft: Draft): Promise<void> {
    await on.named(
      'drafts.insert',
      `INSERT INTO command (id, account, region, document_name, document_version, document, steps, parameters, comment,
         instance_ids, targets, timeout_seconds, max_concurrency, max_errors, requested_by, traceparent,
         requested_at, deliver_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
         now(), now() + $12::integer * interval '1 second', now() + ($12::integer + $17::integer) * interval '1 second')`,
      [
        draft.id,
        draft.account,
        draft.region,
        draft.documentName,
        draft.documentVersion,
        draft.document,
        JSON.stringify(draft.steps),
        JSON.stringify(draft.parameters),
        draft.comment,
        draft.instanceIds,
        JSON.stringify(draft.targets),
        draft.timeoutSeconds,
        draft.maxConcurrency,
        draft.maxErrors,
        draft.requestedBy,
        draft.traceparent,
        draft.executionSeconds,
      ],
    );
  }

  /** One page of targets, each once. */
  async insertTargets(on: Queries, draft: Draft, targets: readonly DraftTarget[]): Promise<void> {
    if (targets.length === 0) return;
    await on.named(
      'drafts.insert_targets',
      `INSERT INTO invocation (id, command_id, node_id, node_name, account, region, due_at)
       SELECT t.id, $1, t.node_id, t.node_name, $2, $3, now()
       FROM unnest($4::uuid[], $5::text[], $6::text[]) AS t (id, node_id, node_name)
       ON CONFLICT (command_id, node_id) DO NOTHING`,
      [
        draft.id,
        draft.account,
        draft.region,
        targets.map((each) => each.invocationId),
        targets.map((each) => each.nodeId),
        targets.map((each) => each.nodeName),
      ],
    );
  }

  /** From here on it is a command. Its times count from now. */
  async seal(on: Queries, draft: Draft, seal: Seal): Promise<CommandRow> {
    const [row] = await on.named<CommandRow>(
      'drafts.seal',
      `UPDATE command c SET sealed_at = now(), target_count = $2, unsent = $2, concurrency_limit = $3, error_limit = $4,
         requested_at = now(), deliver_by = now() + (deliver_by - requested_at), expires_at = now() + (expires_at - requested_at),
         status = CASE WHEN $2 = 0 THEN 'Success' ELSE 'Pending' END,
         status_details = CASE WHEN $2 = 0 THEN 'NoInstancesInTag' ELSE 'Pending' END,
         finished_at = CASE WHEN $2 = 0 THEN now() END
       WHERE c.id = $1 AND c.sealed_at IS NULL RETURNING ${commandColumns}`,
      [draft.id, seal.targetCount, seal.concurrencyLimit, seal.errorLimit],
    );
    if (!row) throw new Error(`the draft of command ${draft.id} is gone`);
    return row;
  }

  /** How many invocations the draft has. */
  async count(on: Queries, draft: Draft): Promise<number> {
    const [row] = await on.named<{ count: number }>(
      'drafts.count',
      `SELECT count(*)::integer AS count FROM invocation WHERE command_id = $1`,
      [draft.id],
    );
    return row!.count;
  }

  async remove(on: Queries, draft: Draft): Promise<void> {
    await on.named('drafts.remove', `DELETE FROM command WHERE id = $1 AND sealed_at IS NULL`, [draft.id]);
  }

  /** Removes what a crash left unsealed. @returns how many */
  async removeLeftOver(on: Queries, olderThanMs: number): Promise<number> {
    const rows = await on.named(
      'drafts.remove_left_over',
      `DELETE FROM command WHERE id IN (
         SELECT id FROM command WHERE sealed_at IS NULL AND requested_at < now() - $1 * interval '1 millisecond' LIMIT 10
       ) RETURNING id`,
      [olderThanMs],
    );
    return rows.length;
  }
}
