import type { Subscription } from '@muster/aws-protocol';
import type { CloudEvent } from '@muster/contracts';
import { type Msg, type NatsConnection, connect, credsAuthenticator } from '@nats-io/transport-node';

/** What CreateSubscription and RotateSubscriptionCredential answer. */
export interface NewSubscription {
  readonly Subscription: Required<Subscription>;
  readonly Credential: string;
}

/** An outsider with a plain NATS client, who knows what the answer says and nothing else. */
export class Subscriber {
  private inboxes = 0;

  private constructor(
    readonly nats: NatsConnection,
    private readonly subscription: Required<Subscription>,
  ) {}

  static async connect({ Subscription, Credential }: NewSubscription): Promise<Subscriber> {
    const nats = await connect({
      servers: Subscription.Urls,
      authenticator: credsAuthenticator(new TextEncoder().encode(Credential)),
      inboxPrefix: Subscription.InboxPrefix,
      reconnect: false,
      noAsyncTraces: true,
    });
    return new Subscriber(nats, Subscription);
  }

  /** Pulls that many events and acknowledges them; waits for them. */
  async take(count: number): Promise<CloudEvent[]> {
    const messages = await this.pull(count);
    const events = messages.map((each) => each.json<CloudEvent>());
    // As a request: the answer says that the acknowledgement has arrived.
    for (const each of messages) await this.nats.request(each.reply!, '+ACK', { timeout: 5_000 });
    return events;
  }

  /** Pulls without acknowledging. @throws when the broker has not sent them within five seconds */
  async pull(count: number): Promise<Msg[]> {
    const reply = this.inbox();
    const answers = this.nats.subscribe(reply, { max: count, timeout: 5_000 });
    this.nats.publish(this.subscription.PullSubject, JSON.stringify({ batch: count, expires: 4_000_000_000 }), {
      reply,
    });
    const messages: Msg[] = [];
    for await (const each of answers) {
      if (each.headers?.code) throw new Error(`the broker says ${each.headers.code} ${each.headers.description}`);
      messages.push(each);
    }
    return messages;
  }

  /** What the broker says to a pull that does not wait: nothing there, nobody there, or an event. */
  async ask(): Promise<string> {
    const how = { noMux: true, reply: this.inbox(), timeout: 2_000 };
    try {
      const answer = await this.nats.request(
        this.subscription.PullSubject,
        JSON.stringify({ batch: 1, no_wait: true }),
        how,
      );
      return answer.headers?.code ? `${answer.headers.code} ${answer.headers.description}` : answer.string();
    } catch (error) {
      return (error as Error).message;
    }
  }

  inbox(): string {
    return `${this.subscription.InboxPrefix}.${++this.inboxes}`;
  }
}
