import type { EventScope } from '@muster/contracts';
import type { Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** Pulses come every second; this long without one is a gap. */
const GAP_MS = 5000;

/** Until when registry listened. Silence of nodes counts only up to there. */
@Injectable()
export class Observation {
  /**
   * Registry has just heard itself. After a gap the deadlines of all nodes that were not heard since move by it: nobody
   * could have heard them.
   * @returns the gap, and where nodes were connected; undefined when there was none
   */
  async listened(tx: Queries): Promise<{ gapMs: number; scopes: EventScope[] } | undefined> {
    const [before] = await tx.named<{ until: Date; gapMs: number }>(
      'observation_hold',
      `SELECT listened_until AS until,
              (extract(epoch FROM clock_timestamp() - listened_until) * 1000)::integer AS "gapMs"
         FROM observation FOR UPDATE`,
    );
    const gap = before!.gapMs > GAP_MS ? await this.moveDeadlines(tx, before!) : undefined;
    await tx.named('observation_listened', 'UPDATE observation SET listened_until = clock_timestamp()');
    return gap;
  }

  private async moveDeadlines(tx: Queries, { until, gapMs }: { until: Date; gapMs: number }) {
    const scopes = await tx.query<{ account: string; region: string }>(
      `WITH moved AS (
         UPDATE presence SET deadline_at = deadline_at + $2 * interval '1 millisecond'
          WHERE connected AND last_seen_at <= $1 RETURNING node_id)
       SELECT DISTINCT n.account, n.region FROM moved m JOIN node n ON n.id = m.node_id ORDER BY 1, 2`,
      [until, gapMs],
    );
    return { gapMs, scopes };
  }
}
