import { type Sweeping, Sweeps } from '@muster/bus';

import { EmptyAccount } from '../empty-account.js';
import { Emptyings } from '../store/emptyings.js';

/** Empties what was asked to be emptied: by one replica at a time, and again after whatever stopped it. */
@Sweeps({ everyMs: 2_000, lock: 'identity.empty-sandboxes' })
export class EmptySandboxes implements Sweeping {
  constructor(
    private readonly emptyings: Emptyings,
    private readonly account: EmptyAccount,
  ) {}

  async sweep(): Promise<number> {
    const next = await this.emptyings.next();
    if (!next) return 0;
    await this.account.goOn(next);
    return 1;
  }
}
