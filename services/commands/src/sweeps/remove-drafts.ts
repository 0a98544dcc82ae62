import { Sweeps, type Sweeping } from '@muster/bus';
import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { Drafts } from '../store/drafts.js';

/** Longer than any call lives: nobody is still at work on it. */
const LEFT_OVER_AFTER_MS = 10 * 60_000;

/** Removes commands that a crash left unsealed: nobody was told about them and nothing was sent. */
@Sweeps({ everyMs: 60_000, lock: 'commands.remove-drafts' })
@Injectable()
export class RemoveDrafts implements Sweeping {
  constructor(
    private readonly database: Database,
    private readonly drafts: Drafts,
  ) {}

  sweep(): Promise<number> {
    return this.drafts.removeLeftOver(this.database, LEFT_OVER_AFTER_MS);
  }
}
