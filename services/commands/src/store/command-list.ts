import type { Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { CommandFilters } from '../domain/command-filters.js';
import { commandColumns, type CommandRow } from './command-row.js';

interface Scope {
  readonly account: string;
  readonly region: string;
}

/** Reads commands: only sealed ones are there. */
@Injectable()
export class CommandList {
  async one(on: Queries, scope: Scope, id: string): Promise<CommandRow | undefined> {
    const [row] = await on.named<CommandRow>(
      'command_list.one',
      `SELECT ${commandColumns} FROM command c
       WHERE c.id = $1 AND c.account = $2 AND c.region = $3 AND c.sealed_at IS NOT NULL`,
      [id, scope.account, scope.region],
    );
    return row;
  }

  /** Newest first. */
  async page(
    on: Queries,
    scope: Scope,
    which: CommandFilters & { readonly nodeId: string | null; readonly commandId: string | null },
    page: { readonly before: string | null; readonly limit: number },
  ): Promise<CommandRow[]> {
    return on.named<CommandRow>(
      'command_list.page',
      `SELECT ${commandColumns} FROM command c
       WHERE c.account = $1 AND c.region = $2 AND c.sealed_at IS NOT NULL
         AND ($3::uuid IS NULL OR c.id < $3)
         AND ($4::uuid IS NULL OR c.id = $4)
         AND ($5::text IS NULL OR EXISTS (SELECT 1 FROM invocation i WHERE i.command_id = c.id AND i.node_id = $5))
         AND ($6::timestamptz IS NULL OR c.requested_at >= $6)
         AND ($7::timestamptz IS NULL OR c.requested_at < $7)
         AND ($8::text IS NULL OR $8 IN (c.status, c.status_details))
         AND ($9::text IS NULL OR c.document_name = $9)
         AND ($10::boolean IS NULL OR (c.finished_at IS NOT NULL) = $10)
       ORDER BY c.id DESC LIMIT $11`,
      [
        scope.account,
        scope.region,
        page.before,
        which.commandId,
        which.nodeId,
        which.invokedAfter,
        which.invokedBefore,
        which.status,
        which.documentName,
        which.stage === null ? null : which.stage === 'Complete',
        page.limit,
      ],
    );
  }
}
