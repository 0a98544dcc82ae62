import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Observed } from '../domain/status-report.js';

/** What nodes reported after their invocations had been given up. */
@Injectable()
export class Observations {
  /**
   * Keeps it beside the state of the invocation; the first one counts.
   * @returns ids of those that had none before
   */
  async keep(tx: Tx, rows: readonly { readonly id: string; readonly observed: Observed }[]): Promise<Set<string>> {
    if (rows.length === 0) return new Set();
    const kept = await tx.named<{ id: string }>(
      'observations.keep',
      `UPDATE invocation i SET observed = o.observed, observed_at = now()
       FROM unnest($1::uuid[], $2::jsonb[]) AS o (id, observed)
       WHERE i.id = o.id AND i.observed IS NULL RETURNING i.id`,
      [rows.map((row) => row.id), rows.map((row) => JSON.stringify(row.observed))],
    );
    return new Set(kept.map((row) => row.id));
  }
}
