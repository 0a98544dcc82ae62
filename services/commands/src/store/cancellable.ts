import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { invocationColumns, type InvocationRow } from './invocation-row.js';

/** Invocations that a cancelling is about. */
@Injectable()
export class Cancellable {
  /** Those of a locked command that are under way. */
  async sentOf(tx: Tx, commandId: string): Promise<InvocationRow[]> {
    return tx.named<InvocationRow>(
      'cancellable.sent_of',
      `SELECT ${invocationColumns} FROM invocation i
       WHERE i.command_id = $1 AND i.sent_at IS NOT NULL AND i.final_at IS NULL`,
      [commandId],
    );
  }

  /** Those of a locked command on these nodes. */
  async onNodes(tx: Tx, commandId: string, nodeIds: readonly string[]): Promise<InvocationRow[]> {
    return tx.named<InvocationRow>(
      'cancellable.on_nodes',
      `SELECT ${invocationColumns} FROM invocation i WHERE i.command_id = $1 AND i.node_id = ANY($2::text[])`,
      [commandId, nodeIds],
    );
  }
}
