import { inboxPrefix } from '@muster/contracts';
import { type Logger, SpanKind, log, withSpan } from '@muster/telemetry';
import type { Msg, Subscription } from '@nats-io/transport-node';

import type { BusConnection } from './bus-connection.js';
import type { Heard, HearsMessages } from './doors.js';
import type { HearsMark } from './marks.js';
import type { Marked } from './marked-doors.js';
import { isAway } from './unavailable.js';

/** So many batches may wait; what comes beyond is dropped, and said. */
const MOST_BATCHES = 10;
/** Drops are gathered and said in one line. */
const SAY_DROPS_AFTER_MS = 1_000;

/** Core messages, gathered by time and count: one batch at a time, so that a slow one makes the next larger, not more. */
export class HearsHost {
  private readonly logger: Logger;
  private readonly waiting: Heard[] = [];
  private subscription: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private handling: Promise<void> | undefined;
  private dropped = 0;
  private saying: NodeJS.Timeout | undefined;

  constructor(
    private readonly door: Marked<HearsMark, HearsMessages>,
    private readonly service: string,
    private readonly core: BusConnection,
  ) {
    this.logger = log(`bus.hears.${door.mark.subject}`);
  }

  start(): void {
    const { subject, everyReplica } = this.door.mark;
    this.subscription = this.core.nats.subscribe(subject, {
      ...(everyReplica ? {} : { queue: this.service }),
      callback: (error, msg) => {
        if (error) this.logger.error({ err: error }, 'a subscription was refused');
        else this.take(msg);
      },
    });
  }

  /** Takes nothing new and handles what was taken. */
  async stop(): Promise<void> {
    if (this.core.isUp) await this.subscription?.drain().catch(() => undefined);
    this.flush();
    while (this.handling) await this.handling;
    this.sayDrops();
  }

  private take(msg: Msg): void {
    const { max, everyMs } = this.door.mark;
    if (this.waiting.length >= max * MOST_BATCHES) return this.drop();
    this.waiting.push(heard(msg));
    if (this.waiting.length >= max) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), everyMs);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.handling || this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, this.door.mark.max);
    this.handling = this.handle(batch).finally(() => {
      this.handling = undefined;
      // What came meanwhile has waited long enough.
      this.flush();
    });
  }

  private async handle(batch: readonly Heard[]): Promise<void> {
    const options = { kind: SpanKind.CONSUMER, attributes: { 'messaging.batch.message_count': batch.length } };
    try {
      await withSpan(`${this.door.mark.subject} hear`, options, () => this.door.instance.handle(batch));
    } catch (err) {
      // Whoever asked asks again, whoever told tells again: core messages promise nothing.
      const level = isAway(err) ? 'warn' : 'error';
      this.logger[level]({ err, messages: batch.length }, 'a batch was not handled');
    }
  }

  private drop(): void {
    this.dropped++;
    this.saying ??= setTimeout(() => this.sayDrops(), SAY_DROPS_AFTER_MS).unref();
  }

  private sayDrops(): void {
    clearTimeout(this.saying);
    this.saying = undefined;
    if (this.dropped === 0) return;
    this.logger.warn({ dropped: this.dropped }, 'messages came faster than they were handled: some were dropped');
    this.dropped = 0;
  }
}

function heard(msg: Msg): Heard {
  const tokens = msg.subject.split('.');
  const allowed = msg.reply !== undefined && isAllowedReply(tokens, msg.reply);
  return {
    subject: msg.subject,
    tokens,
    data: msg.data,
    ...(allowed ? { reply: msg.reply } : {}),
    respond: (data) => {
      if (allowed) msg.respond(data);
    },
  };
}

/**
 * Whether an answer may go there. A node chooses its reply subject freely: inside CORE only its own inbox is right. Across
 * accounts the server replaces it by one of its own (`_R_.…`), which leads back into the node's account and hides where to:
 * that cannot be checked here, and need not be. There, an answer reaches at most what nodes may be sent, and they drop what
 * is not authentic.
 */
export function isAllowedReply(tokens: readonly string[], reply: string): boolean {
  if (tokens[0] === 'agent' || tokens[0] === 'fleet') {
    return reply.startsWith('_R_.') || reply.startsWith(`${inboxPrefix(tokens[1] ?? '')}.`);
  }
  return reply.startsWith('_INBOX_');
}
