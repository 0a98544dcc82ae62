import type { WatchParametersRequest, WatchParametersResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type StreamCall, type Valid } from '@muster/bus';
import { Clock, Database, UnitOfWork } from '@muster/persistence';

import { parameterArn } from '../domain/parameter-name.js';
import { type WatchWish, noSuchWatch } from '../domain/watch.js';
import { Watches } from '../store/watches.js';
import { WatchOpening, wishOf } from '../watch-opening.js';

/** The gateway renews four times as often. */
const LEASE_MS = 60_000;

interface Wish extends Acted {
  readonly wish: WatchWish;
}

/** A stream: the gateway opens it for a reader, renews it as long as there is one, and closes it. */
@Operation('muster', 'WatchParameters')
export class WatchParameters implements Handles<WatchParametersRequest, Wish, WatchParametersResult> {
  constructor(
    private readonly watches: Watches,
    private readonly opening: WatchOpening,
    private readonly work: UnitOfWork,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<WatchParametersRequest>, call: Call): Wish {
    const wish = wishOf(input);
    return { on: [{ arn: parameterArn(call, wish.path) }], wish };
  }

  handle(_input: Valid<WatchParametersRequest>, { wish }: Wish, call: Call): Promise<WatchParametersResult> {
    const { act, subject } = call.stream!;
    switch (act) {
      case 'open':
        return this.open(call, wish, subject);
      case 'renew':
        return this.renew(subject);
      case 'close':
        return this.close(subject);
    }
  }

  private async open(call: Call, wish: WatchWish, subject: StreamCall['subject']): Promise<WatchParametersResult> {
    const how = { door: 'ServerSentEvents', leaseMs: LEASE_MS, subjectOf: () => subject } as const;
    const watch = await this.opening.make(call, wish, how);
    return this.work.commit(call, async (tx): Promise<WatchParametersResult> => {
      await this.opening.keep(tx, watch);
      return { Event: 'Opened', WatchId: watch.id, Sequence: 0, Time: watch.createdAt };
    });
  }

  private async renew(subject: string): Promise<WatchParametersResult> {
    const found = await this.watches.bySubject(subject);
    if (!found || found.endedAt) throw noSuchWatch(found?.id ?? '', found);
    const leaseUntil = new Date(this.clock.now().getTime() + LEASE_MS);
    const renewed = await this.watches.renew(this.database, found.id, leaseUntil);
    if (!renewed) throw noSuchWatch(found.id);
    return { Event: 'Alive', WatchId: renewed.id, Sequence: renewed.sequence };
  }

  private async close(subject: string): Promise<WatchParametersResult> {
    const found = await this.watches.bySubject(subject);
    if (!found) throw noSuchWatch('');
    const end = { id: found.id, reason: 'Deleted', message: 'Its reader has gone.' } as const;
    await this.work.run((tx) => this.watches.end(tx, [end], this.clock.now()));
    return { Event: 'End', WatchId: found.id, Sequence: found.sequence };
  }
}
