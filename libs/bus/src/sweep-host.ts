import type { AdvisoryLocks } from '@muster/persistence';
import { type Logger, log, withSpan } from '@muster/telemetry';

import type { Sweeping } from './doors.js';
import type { SweepsMark } from './marks.js';
import type { Marked } from './marked-doors.js';
import { pause } from './pause.js';
import type { SweepWaker } from './sweep-waker.js';
import { isAway } from './unavailable.js';

/** Work that time starts, one replica at a time; again at once while there is more. */
export class SweepHost {
  private readonly logger: Logger;
  private readonly stopped = new AbortController();
  private woken = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly door: Pick<Marked<SweepsMark, Sweeping>, 'mark' | 'instance'>,
    private readonly locks: AdvisoryLocks,
    waker: SweepWaker,
  ) {
    this.logger = log(`bus.sweep.${door.mark.lock}`);
    waker.register(door.mark.lock, () => this.woken.abort());
  }

  start(): void {
    this.running = this.run();
  }

  /** Finishes the step at hand. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { everyMs, lock } = this.door.mark;
    while (!this.stopped.signal.aborted) {
      // Whoever wakes while we sweep is heard after it.
      this.woken = new AbortController();
      try {
        await this.locks.withLock(`sweep ${lock}`, (lost) => this.untilEmpty(lost));
      } catch (err) {
        this.logger[isAway(err) ? 'warn' : 'error']({ err }, 'a sweep failed: again at its next turn');
      }
      await pause(everyMs * (0.9 + Math.random() / 5), this.stopped.signal, this.woken.signal);
    }
  }

  private async untilEmpty(lost: AbortSignal): Promise<void> {
    while (!lost.aborted && !this.stopped.signal.aborted) {
      const done = await withSpan(`sweep ${this.door.mark.lock}`, {}, () => this.door.instance.sweep());
      if (done === 0) return;
    }
  }
}
