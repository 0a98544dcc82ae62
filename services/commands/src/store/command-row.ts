import type { CommandDetails, CommandStatus, Stopped } from '../domain/command-status.js';
import { type Ledger, places } from '../domain/ledger.js';
import type { CommandStepName } from '../domain/plugin-name.js';

/** A command as its row says; the document itself is read only where it is sent. */
export interface CommandRow extends Ledger {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly documentName: string;
  readonly documentVersion: string;
  readonly steps: readonly CommandStepName[];
  readonly parameters: Readonly<Record<string, string[]>>;
  readonly comment: string;
  readonly instanceIds: string[];
  readonly targets: { Key: string; Values: string[] }[];
  readonly timeoutSeconds: number;
  readonly maxConcurrency: string;
  readonly maxErrors: string;
  readonly requestedAt: Date;
  readonly deliverBy: Date;
  readonly expiresAt: Date;
  readonly traceparent: string | null;
  readonly concurrencyLimit: number;
  readonly errorLimit: number;
  readonly targetCount: number;
  /** A node has it. */
  readonly started: boolean;
  readonly stopped: Stopped | null;
  readonly status: CommandStatus;
  readonly statusDetails: CommandDetails;
  readonly finishedAt: Date | null;
}

/** Select list of a `CommandRow`, of alias `c`. */
export const commandColumns = `
  c.id, c.account, c.region, c.document_name AS "documentName", c.document_version AS "documentVersion", c.steps,
  c.parameters, c.comment, c.instance_ids AS "instanceIds", c.targets, c.timeout_seconds AS "timeoutSeconds",
  c.max_concurrency AS "maxConcurrency", c.max_errors AS "maxErrors", c.requested_at AS "requestedAt",
  c.deliver_by AS "deliverBy", c.expires_at AS "expiresAt", c.traceparent,
  c.concurrency_limit AS "concurrencyLimit", c.error_limit AS "errorLimit", c.target_count AS "targetCount",
  c.started_at IS NOT NULL AS started, c.stopped, c.status, c.status_details AS "statusDetails", c.finished_at AS "finishedAt",
  ${places.map((place) => `c.${place}`).join(', ')}`;
