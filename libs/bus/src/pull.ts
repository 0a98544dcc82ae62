import { type Msg, type NatsConnection, type Subscription, createInbox } from '@nats-io/transport-node';

/** How long the server keeps an unanswered pull; also how long a lost one can go unnoticed. */
const EXPIRES_MS = 20_000;

/** What a pull brings. */
export interface Pulled {
  message(msg: Msg): void;
  /** The open pull is over: fulfilled, expired or refused. */
  ended(reason: PullEnd): void;
}

export type PullEnd = 'fulfilled' | 'expired' | 'gone' | 'refused';

/**
 * Pulls from one durable by plain requests. The client library's own consumers hide when they give up and keep asking
 * CONSUMER.INFO; here the host alone decides when to pull.
 */
export class Pull {
  private readonly inbox: string;
  private readonly subscription: Subscription;
  private number = 0;
  private outstanding = 0;
  private guard: NodeJS.Timeout | undefined;

  constructor(
    private readonly nats: NatsConnection,
    private readonly subject: string,
    inboxPrefix: string,
    private readonly pulled: Pulled,
  ) {
    this.inbox = createInbox(inboxPrefix);
    this.subscription = nats.subscribe(`${this.inbox}.*`, { callback: (error, msg) => void (error ?? this.take(msg)) });
  }

  get isOpen(): boolean {
    return this.outstanding > 0;
  }

  open(batch: number): void {
    this.outstanding = batch;
    this.number++;
    const request = { batch, expires: EXPIRES_MS * 1_000_000 };
    this.nats.publish(this.subject, JSON.stringify(request), { reply: `${this.inbox}.${this.number}` });
    // The server's own word comes first, unless it or the network is gone.
    this.guard = setTimeout(() => this.end('expired'), EXPIRES_MS + 2_000);
  }

  /** The connection was lost, and the pull with it. */
  forget(): void {
    this.end('expired');
  }

  close(): void {
    clearTimeout(this.guard);
    this.outstanding = 0;
    this.subscription.unsubscribe();
  }

  private take(msg: Msg): void {
    if (msg.reply) {
      this.pulled.message(msg);
      // Which pull it answers is not seen (it comes under the stream's subject): one that a lost pull still brings is
      // counted here too, and the next pull opens a little earlier.
      if (this.outstanding === 1) this.end('fulfilled');
      else if (this.outstanding > 0) this.outstanding--;
    } else if (msg.subject === `${this.inbox}.${this.number}` && msg.headers?.code !== 100) {
      // 100 is an idle heartbeat.
      this.end(endOf(msg));
    }
  }

  private end(reason: PullEnd): void {
    if (this.outstanding === 0) return;
    clearTimeout(this.guard);
    this.outstanding = 0;
    this.pulled.ended(reason);
  }
}

function endOf(msg: Msg): PullEnd {
  const { code, description } = msg.headers!;
  if (code === 404 || code === 408) return 'expired';
  if (code === 503 || /deleted/i.test(description)) return 'gone';
  return 'refused';
}
