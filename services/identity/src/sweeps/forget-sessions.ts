import { type Sweeping, Sweeps } from '@muster/bus';
import { Clock } from '@muster/persistence';

import { Sessions } from '../store/sessions.js';

/** So long after its end, who still uses a session is told that it expired, and not that it never was. */
const TOLD_FOR_MS = 24 * 60 * 60 * 1000;
const AT_ONCE = 1_000;

/** Sessions that ended are forgotten. */
@Sweeps({ everyMs: 60_000, lock: 'identity.sessions' })
export class ForgetSessions implements Sweeping {
  constructor(
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {}

  sweep(): Promise<number> {
    return this.sessions.forget(new Date(this.clock.now().getTime() - TOLD_FOR_MS), AT_ONCE);
  }
}
