import { Authority, type Sweeping, Sweeps } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';

import { Watches } from '../store/watches.js';
import { WatchGuard } from '../watch-guard.js';
import { WatchMessages } from '../watch-messages.js';

/** How often a watcher is told how far the watch is. */
const BEAT_MS = 15_000;
/** How long it can be asked why a watch ended, and on which tags the deletion of a parameter is decided. */
const REMEMBERED_MS = 3_600_000;
const FORGET_EVERY_MS = 60_000;
const MOST = 1_000;

/** Ends watches whose openers may not watch any more, and beats for the others. Woken when identity's revision moves. */
@Sweeps({ everyMs: 1_000, lock: 'parameters.watches' })
export class TendWatches implements Sweeping {
  private forgotAt = 0;

  constructor(
    private readonly watches: Watches,
    private readonly guard: WatchGuard,
    private readonly authority: Authority,
    private readonly messages: WatchMessages,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<number> {
    const now = this.clock.now();
    const checked = await this.check(now);
    const beats = await this.watches.beat(now, new Date(now.getTime() - BEAT_MS), MOST);
    for (const { id, subject, sequence } of beats) {
      this.messages.publish(subject, { Event: 'Alive', WatchId: id, Sequence: Number(sequence), Time: now });
    }
    await this.forget(now);
    return checked === MOST || beats.length === MOST ? MOST : 0;
  }

  private async check(now: Date): Promise<number> {
    const revision = await this.authority.revision();
    const due = await this.watches.toCheck(now, revision, MOST);
    if (due.length === 0) return 0;
    const ends = await this.guard.ends(due, now);
    await this.work.run(async (tx) => {
      const ending = [...ends].map(([id, end]) => ({ id, ...end }));
      const ended = await this.watches.end(tx, ending, now);
      const open = due.filter(({ id }) => !ends.has(id)).map(({ id }) => id);
      await this.watches.noteChecked(tx, open, revision);
      tx.afterCommit(() => ended.forEach((each) => this.messages.publishEnd(each)));
    });
    return due.length;
  }

  private async forget(now: Date): Promise<void> {
    if (now.getTime() - this.forgotAt < FORGET_EVERY_MS) return;
    this.forgotAt = now.getTime();
    await this.watches.forget(new Date(now.getTime() - REMEMBERED_MS));
  }
}
