import type { CloudEvent } from '@muster/contracts';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';

/** What CreateSubscription answers. */
export interface NewSubscription {
  readonly Subscription: {
    readonly Name: string;
    readonly PullSubject: string;
    readonly InboxPrefix: string;
    readonly Urls: readonly string[];
  };
  readonly Credential: string;
}

/** Somebody outside of Muster with the credential of a subscription and a plain NATS client. */
export class OutsideSubscriber {
  /** Every delivery, repeated ones too. */
  readonly received: CloudEvent[] = [];

  private constructor(
    readonly connection: NatsConnection,
    private readonly subscription: NewSubscription['Subscription'],
  ) {}

  static async connect({ Subscription, Credential }: NewSubscription): Promise<OutsideSubscriber> {
    const connection = await connect({
      servers: [...Subscription.Urls],
      authenticator: credsAuthenticator(new TextEncoder().encode(Credential)),
      inboxPrefix: Subscription.InboxPrefix,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
    });
    return new OutsideSubscriber(connection, Subscription);
  }

  /** Pulls and acknowledges until what was received satisfies; the test's own time-out is the limit. */
  async until(holds: (events: readonly CloudEvent[]) => boolean): Promise<void> {
    while (!holds(this.received)) {
      const inbox = `${this.subscription.InboxPrefix}.${Math.random().toString(36).slice(2)}`;
      const batch = this.connection.subscribe(inbox, { max: 1, timeout: 5_000 });
      this.connection.publish(this.subscription.PullSubject, JSON.stringify({ batch: 1, expires: 4_000_000_000 }), {
        reply: inbox,
      });
      try {
        for await (const message of batch) {
          if (message.headers?.code) break; // 404, 408: nothing there yet
          this.received.push(message.json<CloudEvent>());
          message.respond('+ACK');
        }
      } catch {
        // No answer within the time: the broker may be away. Ask again.
      }
    }
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
