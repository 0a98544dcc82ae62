import { type Sweeping, Sweeps } from '@muster/bus';
import { Clock } from '@muster/persistence';
import { log } from '@muster/telemetry';

import { namedAt } from '../domain/durable-name.js';
import { Durables } from '../durables.js';
import { Subscriptions } from '../store/subscriptions.js';

/** Longer than any call takes between making a durable and committing its row. */
const YOUNG_MS = 5 * 60_000;

/** The truth about subscriptions is in Postgres: the broker's durables follow it. */
@Sweeps({ everyMs: 30_000, lock: 'events.durables' })
export class ReconcileDurables implements Sweeping {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly durables: Durables,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<number> {
    const { durables, lastSequence } = await this.durables.all();
    const ours = durables.filter((each) => namedAt(each.name) !== undefined);
    const ahead = ours.filter((each) => each.delivered.stream_seq > lastSequence).map((each) => each.name);
    await this.removeUnknown(ours.map((each) => each.name));
    await this.removeAhead(ahead);
    await this.makeMissing(ours.map((each) => each.name).filter((name) => !ahead.includes(name)));
    return 0;
  }

  /** Left by a call that died before its commit, or after that of a rotation. */
  private async removeUnknown(names: readonly string[]): Promise<void> {
    const longAgo = this.clock.now().getTime() - YOUNG_MS;
    const old = names.filter((name) => namedAt(name)!.getTime() < longAgo);
    for (const name of await this.subscriptions.unknownAmong(old)) {
      log('events').warn({ durable: name }, 'no subscription has this durable: it is removed');
      await this.durables.remove(name);
    }
  }

  /** The broker has lost them, or its data. */
  private async makeMissing(names: readonly string[]): Promise<void> {
    for (const { durable, filter, since, missing } of await this.subscriptions.noteMissing(names)) {
      if (!missing) continue;
      log('events').warn({ durable }, 'the bus has lost the durable of a subscription: it begins anew');
      await this.durables.make(durable, filter, { since });
    }
  }

  /** A stream that lost its end in a power cut is filled again under sequences that these believe to have seen. */
  private async removeAhead(names: readonly string[]): Promise<void> {
    for (const name of names) {
      log('events').warn({ durable: name }, 'the stream is shorter than this durable knew it: it will begin anew');
      await this.durables.remove(name);
    }
  }
}
