import type { Invocation } from '../domain/invocation.js';

/** An invocation as its row says. */
export interface InvocationRow extends Invocation {
  readonly id: string;
  readonly commandId: string;
  readonly nodeId: string;
}

/** Select list of an `InvocationRow`, of alias `i`. */
export const invocationColumns = `
  i.id, i.command_id AS "commandId", i.node_id AS "nodeId", i.status, i.status_details AS details, i.reason,
  i.sent_at IS NOT NULL AS sent, i.unsure, i.attempt, i.accepted_at IS NOT NULL AS accepted,
  i.cancel_requested_at IS NOT NULL AS "cancelRequested", i.response_code AS "responseCode",
  i.started_at AS "startedAt", i.finished_at AS "finishedAt"`;
