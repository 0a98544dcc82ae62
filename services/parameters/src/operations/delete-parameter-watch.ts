import type { DeleteParameterWatchRequest, DeleteParameterWatchResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';

import { type Watch, noSuchWatch, watchArn } from '../domain/watch.js';
import { Watches } from '../store/watches.js';
import { WatchMessages } from '../watch-messages.js';

interface Loaded extends Acted {
  readonly found: Watch | undefined;
}

@Operation('muster', 'DeleteParameterWatch')
export class DeleteParameterWatch implements Handles<DeleteParameterWatchRequest, Loaded, DeleteParameterWatchResult> {
  constructor(
    private readonly watches: Watches,
    private readonly messages: WatchMessages,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async load(input: Valid<DeleteParameterWatchRequest>, call: Call): Promise<Loaded> {
    const found = await this.watches.find(call, input.WatchId);
    return { on: [{ arn: watchArn(call, input.WatchId) }], found };
  }

  async handle(input: Valid<DeleteParameterWatchRequest>, { found }: Loaded, call: Call) {
    if (!found || found.endedAt) throw noSuchWatch(input.WatchId, found);
    const end = { id: found.id, reason: 'Deleted', message: `${call.caller.arn} has ended this watch.` } as const;
    return this.work.commit(call, async (tx): Promise<DeleteParameterWatchResult> => {
      const [ended] = await this.watches.end(tx, [end], this.clock.now());
      if (!ended) throw noSuchWatch(input.WatchId);
      tx.afterCommit(() => this.messages.publishEnd(ended));
      return {};
    });
  }
}
