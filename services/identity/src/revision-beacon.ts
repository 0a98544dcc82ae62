import { setTimeout as sleep } from 'node:timers/promises';

import { log } from '@muster/telemetry';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

import { Revisions } from './store/revisions.js';

const EVERY_MS = 250;

/**
 * Says the revision four times a second, as every replica reads it from the database: a change is known everywhere a
 * quarter of a second after its commit, whoever made it. While the database is away it says nothing, and those who hear
 * nothing for a second ask.
 */
@Injectable()
export class RevisionBeacon implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private silent = false;

  constructor(private readonly revisions: Revisions) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const started = performance.now();
      await this.say();
      const rest = Math.max(0, EVERY_MS - (performance.now() - started));
      await sleep(rest, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  /** Never throws: its silence is the message. */
  private async say(): Promise<void> {
    try {
      this.revisions.say(await this.revisions.current());
      if (this.silent) log('revision').info('The revision is published again.');
      this.silent = false;
    } catch (error) {
      if (!this.silent) log('revision').warn({ err: error }, 'The revision cannot be read or published.');
      this.silent = true;
    }
  }
}
