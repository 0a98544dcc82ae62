import type { Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { CommandFilters } from '../domain/command-filters.js';
import type { CommandStepName } from '../domain/plugin-name.js';
import type { Observed } from '../domain/status-report.js';
import { invocationColumns, type InvocationRow } from './invocation-row.js';

/** An invocation with what a list shows of its command. */
export interface ListedInvocation extends InvocationRow {
  readonly nodeName: string;
  readonly comment: string;
  readonly documentName: string;
  readonly documentVersion: string;
  readonly requestedAt: Date;
  readonly steps: readonly CommandStepName[];
  /** As JSON: times are texts. */
  readonly observed:
    (Omit<Observed, 'startedAt' | 'finishedAt'> & { startedAt: string | null; finishedAt: string | null }) | null;
}

const LISTED = `${invocationColumns}, i.node_name AS "nodeName", i.observed, c.comment, c.document_name AS "documentName",
  c.document_version AS "documentVersion", c.requested_at AS "requestedAt", c.steps`;

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** Where a page of invocations begins: behind this one. */
export interface InvocationPosition {
  readonly commandId: string;
  readonly nodeId: string;
}

/** Reads invocations of sealed commands. */
@Injectable()
export class InvocationList {
  async one(on: Queries, scope: Scope, commandId: string, nodeId: string): Promise<ListedInvocation | undefined> {
    const [row] = await on.named<ListedInvocation>(
      'invocation_list.one',
      `SELECT ${LISTED} FROM invocation i JOIN command c ON c.id = i.command_id
       WHERE i.command_id = $1 AND i.node_id = $2 AND c.account = $3 AND c.region = $4 AND c.sealed_at IS NOT NULL`,
      [commandId, nodeId, scope.account, scope.region],
    );
    return row;
  }

  /** Of one command, by node. */
  async pageOfCommand(
    on: Queries,
    scope: Scope,
    commandId: string,
    which: CommandFilters & { readonly nodeId: string | null },
    page: { readonly after: InvocationPosition | null; readonly limit: number },
  ): Promise<ListedInvocation[]> {
    return on.named<ListedInvocation>(
      'invocation_list.of_command',
      `SELECT ${LISTED} FROM invocation i JOIN command c ON c.id = i.command_id
       WHERE i.command_id = $3 AND i.node_id > $4 AND c.account = $1 AND c.region = $2 AND c.sealed_at IS NOT NULL
         AND ${FILTERS}
       ORDER BY i.node_id LIMIT $10`,
      [...valuesOf(scope, commandId, page.after?.nodeId ?? '', which), page.limit],
    );
  }

  /** Of all commands, the newest first, then by node. */
  async page(
    on: Queries,
    scope: Scope,
    which: CommandFilters & { readonly nodeId: string | null },
    page: { readonly after: InvocationPosition | null; readonly limit: number },
  ): Promise<ListedInvocation[]> {
    return on.named<ListedInvocation>(
      'invocation_list.page',
      `SELECT ${LISTED} FROM invocation i JOIN command c ON c.id = i.command_id
       WHERE i.account = $1 AND i.region = $2 AND c.sealed_at IS NOT NULL
         AND ($3::uuid IS NULL OR i.command_id <= $3) AND ($3::uuid IS NULL OR i.command_id < $3 OR i.node_id > $4)
         AND ${FILTERS}
       ORDER BY i.command_id DESC, i.node_id LIMIT $10`,
      [...valuesOf(scope, page.after?.commandId ?? null, page.after?.nodeId ?? '', which), page.limit],
    );
  }
}

const FILTERS = `($5::text IS NULL OR i.node_id = $5)
  AND ($6::timestamptz IS NULL OR c.requested_at >= $6) AND ($7::timestamptz IS NULL OR c.requested_at < $7)
  AND ($8::text IS NULL OR $8 IN (i.status, i.status_details)) AND ($9::text IS NULL OR c.document_name = $9)`;

function valuesOf(
  scope: Scope,
  commandId: string | null,
  nodeId: string,
  which: CommandFilters & { readonly nodeId: string | null },
) {
  return [
    scope.account,
    scope.region,
    commandId,
    nodeId,
    which.nodeId,
    which.invokedAfter,
    which.invokedBefore,
    which.status,
    which.documentName,
  ];
}
