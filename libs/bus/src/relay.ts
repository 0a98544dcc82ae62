import type { Outbox, OutboxRow, Persistence } from '@muster/persistence';
import { inboxPrefix } from '@muster/contracts';
import { type Logger, SpanKind, log, withSpan } from '@muster/telemetry';
import { type JetStreamManager, type MsgRequest, type StoredMsg, jetstreamManager } from '@nats-io/jetstream';

import type { BusConnection } from './bus-connection.js';
import { HEADER } from './headers.js';
import { backOff, pause } from './pause.js';
import { publishInOrder } from './publish-in-order.js';

/** So many are on the way at once. A crash leaves at most these unmarked. */
const BATCH = 256;
/** What is announced while others are on their way goes with the next batch: one statement for many instead of for each. */
const GATHER_MS = 40;
/** Rows of other replicas are found by looking; our own wake us. */
const LOOK_EVERY_MS = 250;
/** How long another replica is given before we ask for its place. */
const STAND_BY_MS = 1_000;
const STREAM = 'EVENTS';
/** Made once: a reason that is made anew takes down the stack of every commit. */
const ANNOUNCED = new Error('something was announced');

/** The first message of a subject from a sequence on: servers know it, the client's types do not. */
function nextOf(subject: string, seq: number): MsgRequest {
  return { seq, next_by_subj: subject } as MsgRequest;
}

/**
 * Publishes a service's outbox to EVENTS: one replica at a time, in order, each event once by its id. Before it publishes
 * anything after a start, a failure or a reconnect, it asks the stream what of the last batch is there already, and whether
 * the stream still is as long as it was.
 */
export class Relay {
  private readonly logger: Logger;
  private readonly stopped = new AbortController();
  private readonly outbox: Outbox;
  private woken = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly service: string,
    private readonly core: BusConnection,
    private readonly persistence: Persistence,
  ) {
    this.logger = log('bus.relay');
    this.outbox = persistence.outbox;
  }

  start(): void {
    this.running = this.run();
  }

  /** Finishes the batch at hand; what is left is published by another replica, or after the next start. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    const forget = this.outbox.onAnnounced(() => this.woken.abort(ANNOUNCED));
    for (let failures = 0; !signal.aborted;) {
      await this.core.whenUp(signal);
      if (signal.aborted) break;
      try {
        const led = await this.persistence.locks.withLock('relay', (lost) => this.lead(lost));
        failures = 0;
        if (!led.held) await pause(STAND_BY_MS, signal);
      } catch (err) {
        if (failures++ % 10 === 0) this.logger.warn({ err }, 'events wait in the outbox: trying again');
        await pause(backOff(failures, 50, 2_000), signal);
      }
    }
    forget();
  }

  private async lead(lost: AbortSignal): Promise<void> {
    const manager = await jetstreamManager(this.core.nats, { checkAPI: false, timeout: 1_500 });
    await this.recover(manager);
    const stopped = this.stopped.signal;
    // What an earlier relay left is looked for until nothing is; what this one places it also marks, or it leads no more.
    let mayBeLeft = true;
    while (!lost.aborted && !stopped.aborted && this.core.isUp) {
      this.woken = new AbortController();
      let rows: readonly OutboxRow[] = mayBeLeft ? await this.outbox.leftBatch(BATCH) : [];
      mayBeLeft = rows.length > 0;
      if (!mayBeLeft) rows = await this.outbox.place(BATCH);
      if (rows.length > 0) {
        await this.publish(rows);
        if (rows.length < BATCH) await pause(GATHER_MS, lost, stopped);
      } else await pause(LOOK_EVERY_MS, lost, stopped, this.woken.signal);
    }
  }

  private async publish(rows: readonly OutboxRow[]): Promise<void> {
    await withSpan(
      'events publish',
      { kind: SpanKind.PRODUCER, attributes: { 'messaging.batch.message_count': rows.length } },
      async () => {
        const messages = rows.map((row) => ({
          subject: row.subject,
          data: row.body,
          headers: {
            'Nats-Msg-Id': row.eventId,
            [HEADER.relaySeq]: String(row.relaySeq),
            [HEADER.contentType]: 'application/cloudevents+json',
          },
        }));
        const outcomes = await publishInOrder(this.core.nats, inboxPrefix(this.service), messages);
        const acknowledged = outcomes.flatMap((each, i) =>
          each.sequence === undefined ? [] : [{ relaySeq: rows[i]!.relaySeq, streamSeq: each.sequence }],
        );
        await this.outbox.markPublished(acknowledged);
        const failure = outcomes.find((each) => each.sequence === undefined);
        if (failure)
          throw new Error(`${rows.length - acknowledged.length} events were not acknowledged`, {
            cause: failure.error,
          });
      },
    );
  }

  private async recover(manager: JetStreamManager): Promise<void> {
    const { state } = await manager.streams.info(STREAM);
    const newest = await this.lastInStream(manager);
    // A database that was restored from a backup counts on from beyond what it published in its other life.
    if (newest) await this.outbox.placeBeyond(newest.relaySeq);

    const last = await this.outbox.lastPublished();
    if (last && last.streamSeq >= state.first_seq && !(await this.isThere(manager, last))) {
      const again = await this.outbox.republishAfter(newest?.relaySeq ?? 0, state.first_seq);
      this.logger.warn({ again, lastSequence: state.last_seq }, 'the stream lost its end: events are published again');
    }
    await this.markWhatArrived(manager);
  }

  /** The last batch was published, in part or whole, but not marked: what of it the stream has. */
  private async markWhatArrived(manager: JetStreamManager): Promise<void> {
    const left = await this.outbox.leftBatch(BATCH);
    if (left.length === 0) return;
    const byId = new Map(left.map((row) => [row.eventId, row]));
    const arrived = [];
    let from = ((await this.outbox.lastPublished())?.streamSeq ?? 0) + 1;
    for (;;) {
      const found = await manager.streams.getMessage(STREAM, nextOf(this.ofThisService(), from));
      if (!found) break;
      const row = byId.get(found.header.get('Nats-Msg-Id'));
      if (row) arrived.push({ relaySeq: row.relaySeq, streamSeq: found.seq });
      from = found.seq + 1;
    }
    await this.outbox.markPublished(arrived);
    if (arrived.length > 0)
      this.logger.info({ arrived: arrived.length, of: left.length }, 'found in the stream what was not marked');
  }

  private async isThere(manager: JetStreamManager, row: { streamSeq: number; eventId: string }): Promise<boolean> {
    const found = await manager.streams.getMessage(STREAM, { seq: row.streamSeq });
    return found?.header.get('Nats-Msg-Id') === row.eventId;
  }

  private async lastInStream(manager: JetStreamManager): Promise<{ relaySeq: number } | undefined> {
    const found: StoredMsg | null = await manager.streams.getMessage(STREAM, { last_by_subj: this.ofThisService() });
    return found ? { relaySeq: Number(found.header.get(HEADER.relaySeq)) || 0 } : undefined;
  }

  private ofThisService(): string {
    return `events.*.*.${this.service}.*`;
  }
}
