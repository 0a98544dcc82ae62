import { Sweeps, type Sweeping } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Database, UnitOfWork } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { CommandsConfig } from '../config.js';
import { overdue } from '../domain/overdue.js';
import { deliveryTimedOut } from '../domain/unsent-ends.js';
import { Overdue } from '../store/overdue.js';
import { Ledgers } from '../store/ledgers.js';
import { Moves } from '../store/moves.js';

const MOST_AT_ONCE = 1_000;

/**
 * Ends what waited too long. The delivery time-out falls only on what was never sent; what was sent is waited for until
 * ExpiresAfter and the grace behind it.
 */
@Sweeps({ everyMs: 1_000, lock: 'commands.deadlines' })
@Injectable()
export class Deadlines implements Sweeping {
  constructor(
    private readonly overdue: Overdue,
    private readonly ledgers: Ledgers,
    private readonly database: Database,
    private readonly work: UnitOfWork,
    @Inject(CONFIG) private readonly config: CommandsConfig,
  ) {}

  async sweep(): Promise<number> {
    return (await this.endUndelivered()) + (await this.endSilent());
  }

  private async endUndelivered(): Promise<number> {
    let ended = 0;
    for (const id of await this.overdue.undelivered(this.database)) {
      ended += await this.work.run(async (tx) => {
        const before = (await this.ledgers.lock(tx, [id])).get(id);
        if (!before) return 0;
        const after = await this.ledgers.endUnsent(tx, before, deliveryTimedOut, MOST_AT_ONCE);
        return before.unsent - after.unsent;
      });
    }
    return ended;
  }

  private async endSilent(): Promise<number> {
    let ended = 0;
    for (const id of await this.overdue.silent(this.database, this.config.graceMs)) {
      ended += await this.work.run(async (tx) => {
        const command = (await this.ledgers.lock(tx, [id])).get(id);
        if (!command) return 0;
        const rows = await this.overdue.sentOf(tx, id, MOST_AT_ONCE);
        const moves = new Moves(rows);
        for (const row of rows) moves.add(row.id, overdue);
        await this.ledgers.move(tx, command, moves.of(id));
        return rows.length;
      });
    }
    return ended;
  }
}
