import type { RotateSubscriptionCredentialRequest, RotateSubscriptionCredentialResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, unavailable } from '@muster/bus';
import { Ids, UnitOfWork } from '@muster/persistence';
import { log } from '@muster/telemetry';

import { Credentials } from '../credentials.js';
import { durableName } from '../domain/durable-name.js';
import {
  type Subscription,
  noSuchSubscription,
  subscriptionArn,
  subscriptionShape,
} from '../domain/subscription-shape.js';
import { Durables } from '../durables.js';
import { subscriptionCredentialRotated } from '../events.js';
import { Subscriptions } from '../store/subscriptions.js';

interface Found extends Acted {
  readonly found: Subscription | undefined;
}

/**
 * A credential is good for one durable. A new one is good for a new durable, which goes on where the old one was
 * acknowledged; then the old durable is removed, and with it everything that the old credential reached.
 */
@Operation('muster', 'RotateSubscriptionCredential')
export class RotateSubscriptionCredential implements Handles<
  RotateSubscriptionCredentialRequest,
  Found,
  RotateSubscriptionCredentialResult
> {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly durables: Durables,
    private readonly credentials: Credentials,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
  ) {}

  async load(input: Valid<RotateSubscriptionCredentialRequest>, call: Call): Promise<Found> {
    const found = await this.subscriptions.find(call, input.Name);
    return { on: [{ arn: subscriptionArn(call, input.Name) }], found };
  }

  async handle(input: Valid<RotateSubscriptionCredentialRequest>, { found }: Found, call: Call) {
    if (!found) throw noSuchSubscription(input.Name);

    const durable = durableName(this.ids.uuid());
    const credential = this.credentials.issue(durable);
    const rotated = { ...found, durable, credentialExpiresAt: credential.expiresAt };
    const reached = await this.durables.acknowledgedUpTo(found.durable);
    const start = reached === undefined ? { since: found.since } : { afterSequence: reached };
    await this.durables.make(durable, found.filter, start);
    const answer = await this.keep(found, rotated, credential.text, call).catch(async (error: unknown) => {
      await this.durables.remove(durable).catch(() => undefined);
      throw error;
    });
    // Committed: should this fail, the sweep finds a durable that no subscription has.
    await this.durables.remove(found.durable).catch((err: unknown) => {
      log('events').warn({ err, durable: found.durable }, 'a replaced durable is left to the sweep');
    });
    return answer;
  }

  private keep(had: Subscription, has: Subscription, credential: string, call: Call) {
    return this.work.commit(call, async (tx) => {
      if (!(await this.subscriptions.replaceDurable(tx, had, has))) {
        throw unavailable(`Subscription ${had.name} was rotated or deleted at the same moment: try again.`);
      }
      tx.announce(subscriptionCredentialRotated(call, subscriptionArn(call, had.name), { name: had.name }));
      return { Subscription: subscriptionShape(has, this.credentials.bus), Credential: credential };
    });
  }
}
