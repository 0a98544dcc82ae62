import { EventsSandbox, type EmptyAccountRequest, accountToEmpty } from '@muster/contracts';
import { type HandlesRpc, Rpc } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { subscriptionArn } from '../domain/subscription-shape.js';
import { Durables } from '../durables.js';
import { subscriptionDeleted } from '../events.js';
import { Subscriptions } from '../store/subscriptions.js';

/** Each asks the bus once. */
const BATCH = 20;

/** A sandbox is emptied: its subscriptions end, and whoever used their credentials is cut off. */
@Rpc(EventsSandbox.method.emptyAccount)
export class EmptyAccount implements HandlesRpc<typeof EventsSandbox.method.emptyAccount> {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly durables: Durables,
    private readonly work: UnitOfWork,
  ) {}

  async handle(request: EmptyAccountRequest) {
    const { account, madeUntil } = accountToEmpty(request);
    const some = await this.subscriptions.ofAccount(account, madeUntil, BATCH);
    let subscriptions = 0;
    for (const each of some) {
      // First what the credential reaches: who is told that it is gone can rely on it.
      await this.durables.remove(each.durable);
      const removed = await this.work.run(async (tx) => {
        const gone = await this.subscriptions.remove(tx, each.id);
        if (gone) tx.announce(subscriptionDeleted(each, subscriptionArn(each, each.name), { name: each.name }));
        return gone;
      });
      if (removed) subscriptions++;
    }
    return { removed: { subscriptions }, more: some.length === BATCH };
  }
}
