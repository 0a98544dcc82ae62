import { ApiError, type Subscription as SubscriptionShape } from '@muster/aws-protocol';
import { type EventScope, inboxPrefix } from '@muster/contracts';

/** A subscription as it is kept. The credential is not: who has lost it rotates it. */
export interface Subscription {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly eventType: string | null;
  readonly filter: string;
  readonly durable: string;
  /** Events before it are not wanted; null: all that the stream holds are. */
  readonly since: Date | null;
  readonly createdAt: Date;
  readonly credentialExpiresAt: Date;
}

/** How subscribers reach the bus. */
export interface BusAddress {
  readonly urls: readonly string[];
  readonly ca?: string | undefined;
}

/** `arn:aws:muster:us-east-1:123456789012:subscription/audit` */
export function subscriptionArn({ account, region }: EventScope, name: string): string {
  return `arn:aws:muster:${region}:${account}:subscription/${name}`;
}

/** A subscription as the API answers it: what it is, and how to pull. */
export function subscriptionShape(of: Subscription, bus: BusAddress): SubscriptionShape {
  return {
    Name: of.name,
    Arn: subscriptionArn(of, of.name),
    ...(of.eventType === null ? {} : { EventType: of.eventType }),
    Subject: of.filter,
    Stream: 'EVENTS',
    Durable: of.durable,
    PullSubject: `$JS.API.CONSUMER.MSG.NEXT.EVENTS.${of.durable}`,
    InboxPrefix: inboxPrefix(of.durable),
    Urls: [...bus.urls],
    ...(bus.ca === undefined ? {} : { BusCa: bus.ca }),
    CreatedAt: of.createdAt,
    CredentialExpiresAt: of.credentialExpiresAt,
  };
}

/** There is no subscription of this name in the caller's account and region. */
export function noSuchSubscription(name: string): ApiError {
  return new ApiError('SubscriptionNotFound', `There is no subscription ${name} in this account and region.`);
}
