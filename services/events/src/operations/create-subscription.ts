import { ApiError, type CreateSubscriptionRequest, type CreateSubscriptionResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, Ids, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { EventsConfig } from '../config.js';
import { Credentials } from '../credentials.js';
import { durableName } from '../domain/durable-name.js';
import { eventFilter } from '../domain/event-filter.js';
import { type Subscription, subscriptionArn, subscriptionShape } from '../domain/subscription-shape.js';
import { Durables } from '../durables.js';
import { subscriptionCreated } from '../events.js';
import { Subscriptions } from '../store/subscriptions.js';

@Operation('muster', 'CreateSubscription')
export class CreateSubscription implements Handles<CreateSubscriptionRequest, Acted, CreateSubscriptionResult> {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly durables: Durables,
    private readonly credentials: Credentials,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: EventsConfig,
  ) {}

  load(input: Valid<CreateSubscriptionRequest>, call: Call): Acted {
    return { on: [{ arn: subscriptionArn(call, input.Name) }] };
  }

  async handle(input: Valid<CreateSubscriptionRequest>, _acted: Acted, call: Call): Promise<CreateSubscriptionResult> {
    const durable = durableName(this.ids.uuid());
    const credential = this.credentials.issue(durable);
    const now = this.clock.now();
    const subscription: Subscription = {
      id: this.ids.uuid(),
      account: call.account,
      region: call.region,
      name: input.Name,
      eventType: input.EventType ?? null,
      filter: eventFilter(call, input.EventType),
      durable,
      since: input.Start === 'Beginning' ? null : now,
      createdAt: now,
      credentialExpiresAt: credential.expiresAt,
    };
    // Before the row: who has an answer has a durable. One without a row is removed here or by the sweep.
    await this.durables.make(durable, subscription.filter, subscription.since === null ? { since: null } : 'now');
    try {
      return await this.keep(subscription, credential.text, call);
    } catch (error) {
      await this.durables.remove(durable).catch(() => undefined);
      throw error;
    }
  }

  private keep(subscription: Subscription, credential: string, call: Call): Promise<CreateSubscriptionResult> {
    const { name, eventType } = subscription;
    return this.work.commit(call, async (tx) => {
      const limit = this.config.subscriptionsPerAccount;
      const full = (await this.subscriptions.countAlone(tx, call.account)) >= limit;
      if (full) {
        throw new ApiError(
          'SubscriptionLimitExceeded',
          `This account has ${limit} subscriptions, and may not have more: delete one first.`,
        );
      }
      if (!(await this.subscriptions.add(tx, subscription, call.caller.arn))) {
        throw new ApiError(
          'SubscriptionAlreadyExists',
          `There is a subscription ${name} already. RotateSubscriptionCredential gives a new credential for it.`,
        );
      }
      const data = { name, ...(eventType === null ? {} : { eventType }) };
      tx.announce(subscriptionCreated(call, subscriptionArn(call, name), data));
      return { Subscription: subscriptionShape(subscription, this.credentials.bus), Credential: credential };
    });
  }
}
