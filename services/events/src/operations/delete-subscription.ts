import type { DeleteSubscriptionRequest, DeleteSubscriptionResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, unavailable } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { type Subscription, noSuchSubscription, subscriptionArn } from '../domain/subscription-shape.js';
import { Durables } from '../durables.js';
import { subscriptionDeleted } from '../events.js';
import { Subscriptions } from '../store/subscriptions.js';

interface Found extends Acted {
  readonly found: Subscription | undefined;
}

@Operation('muster', 'DeleteSubscription')
export class DeleteSubscription implements Handles<DeleteSubscriptionRequest, Found, DeleteSubscriptionResult> {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly durables: Durables,
    private readonly work: UnitOfWork,
  ) {}

  async load(input: Valid<DeleteSubscriptionRequest>, call: Call): Promise<Found> {
    const found = await this.subscriptions.find(call, input.Name);
    return { on: [{ arn: subscriptionArn(call, input.Name) }], found };
  }

  async handle(input: Valid<DeleteSubscriptionRequest>, { found }: Found, call: Call) {
    if (!found) throw noSuchSubscription(input.Name);

    // First what the credential reaches: who is told that it is gone can rely on it.
    await this.durables.remove(found.durable);
    return this.work.commit(call, async (tx): Promise<DeleteSubscriptionResult> => {
      const removed = await this.subscriptions.remove(tx, found.id);
      if (!removed) throw noSuchSubscription(input.Name);
      if (removed.durable !== found.durable) {
        throw unavailable(`Subscription ${found.name} was rotated at the same moment: try again.`);
      }
      tx.announce(subscriptionDeleted(call, subscriptionArn(call, found.name), { name: found.name }));
      return {};
    });
  }
}
