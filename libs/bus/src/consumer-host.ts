import { inboxPrefix } from '@muster/contracts';
import { type Persistence, tookTooLong } from '@muster/persistence';
import { type Logger, SpanKind, contextFrom, log, withSpan } from '@muster/telemetry';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';

import type { BusConnection } from './bus-connection.js';
import { type Culprit, findCulprits } from './culprits.js';
import { type Deliveries, type Delivery, deliveriesOf } from './deliveries.js';
import type { ConsumesEvents, ConsumesFleet } from './doors.js';
import { ACK_WAIT_MS, type Durable, resumeDurable, rewindDurable } from './durable.js';
import type { ConsumesMark, Source } from './marks.js';
import type { Marked } from './marked-doors.js';
import { backOff, pause } from './pause.js';
import { Pull, type PullEnd } from './pull.js';
import { Poisoned, RetryLater } from './retry-later.js';
import { filterOf, streamOf } from './source-stream.js';
import { isAway } from './unavailable.js';
import { whyRewind } from './why-rewind.js';

/** How often a message that fails alone is tried before it is parked: about 3 s together. */
const MOST_FAILURES = 5;
/** How often those that are still worked on are reported, well before the server gives them to somebody else. */
const STILL_WORKING_MS = ACK_WAIT_MS / 3;

/** How often a replica asks whether it is its turn, where only one may consume. */
const ASK_FOR_TURN_MS = 1_000;

/** With those that wait for their next try: beyond that nothing new is pulled. */
const MOST_HELD_BATCHES = 4;

const ACK = '+ACK';
const NAK = '-NAK';
const WORKING = '+WPI';

/**
 * One durable consumer of one replica: pulls, gathers, opens the transaction, acknowledges after the commit. While the bus
 * or the database is away it waits, holds at most a few batches, and counts nothing as a failure.
 */
export class ConsumerHost {
  readonly durable: Durable;
  private readonly logger: Logger;
  private readonly deliveries: Deliveries;
  private readonly stopped = new AbortController();
  private readonly held = new Map<number, Delivery>();
  private readonly waiting: Delivery[] = [];
  private readonly late = new Map<Delivery, NodeJS.Timeout>();
  private notify: () => void = () => undefined;
  private pull: Pull | undefined;
  private ensured = false;
  /** Whether messages are for this replica: where only one may consume, while it holds the lock. */
  private mayTake: boolean;
  /** It has just got the lock: another replica may have left something half done. */
  private takesOver = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly door: Marked<ConsumesMark, ConsumesEvents<unknown> | ConsumesFleet<never>>,
    private readonly user: string,
    private readonly core: BusConnection,
    private readonly persistence: Persistence,
  ) {
    const { source, durable, alone } = door.mark;
    this.mayTake = !alone;
    this.durable = { name: durable, stream: streamOf(source), filter: filterOf(source) };
    this.logger = log(`bus.consumer.${durable}`);
    this.deliveries = deliveriesOf(source, durable, door.instance, persistence.inbox);
  }

  start(): void {
    this.running = this.run();
  }

  /** Finishes the batch at hand, and gives back at once what was not begun. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.notify();
    await this.running;
    for (const timer of this.late.values()) clearTimeout(timer);
    if (this.core.isUp) for (const { msg } of this.held.values()) msg.respond(NAK);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    const forgets = [this.core.onDown(() => this.lost()), this.core.onUp(() => this.notify())];
    const working = setInterval(() => this.stillWorking(), STILL_WORKING_MS);
    for (let failures = 0; !signal.aborted;) {
      try {
        await (this.door.mark.alone ? this.whileAlone() : this.turn());
        failures = 0;
      } catch (err) {
        // Neither a message's fault nor a handler's: the bus is not set up yet, or refused us.
        if (failures++ % 10 === 0) this.logger.warn({ err }, 'cannot consume: trying again');
        this.ensured = false;
        await pause(backOff(failures, 100, 2_000), signal);
      }
    }
    clearInterval(working);
    for (const forget of forgets) forget();
    this.pull?.close();
  }

  /** Turns as long as this replica has the lock; another one takes over within seconds when it is lost or killed. */
  private async whileAlone(): Promise<void> {
    const { held } = await this.persistence.locks.withLock(`consume ${this.durable.name}`, async (lost) => {
      lost.addEventListener('abort', () => this.notify(), { once: true });
      this.mayTake = true;
      this.takesOver = true;
      this.ensured = false;
      try {
        while (!lost.aborted && !this.stopped.signal.aborted) await this.turn();
      } finally {
        this.mayTake = false;
        this.giveBack();
      }
    });
    if (!held) await pause(ASK_FOR_TURN_MS, this.stopped.signal);
  }

  /** What was not begun is another replica's now. */
  private giveBack(): void {
    this.pull?.forget();
    this.waiting.length = 0;
    for (const timer of this.late.values()) clearTimeout(timer);
    this.late.clear();
    if (this.core.isUp) for (const { msg } of this.held.values()) msg.respond(NAK);
    this.held.clear();
  }

  /** One step: prepare, wait for messages, or work on a batch. */
  private async turn(): Promise<void> {
    await this.core.whenUp(this.stopped.signal);
    if (this.stopped.signal.aborted) return;
    if (!this.ensured) await this.prepare();
    // Told to stop meanwhile: nobody would end the wait below before the pull does.
    if (this.stopped.signal.aborted) return;

    const { batch, gatherMs } = this.door.mark;
    const room = this.waiting.length < batch && this.held.size < batch * MOST_HELD_BATCHES;
    if (!this.pull!.isOpen && room) this.pull!.open(batch);
    if (this.waiting.length === 0) return this.arrival();

    const gatherUntil = this.waiting[0]!.arrivedAt + gatherMs;
    const over = pause(gatherUntil - performance.now());
    while (this.waiting.length < batch && performance.now() < gatherUntil && !this.stopped.signal.aborted) {
      await Promise.race([this.arrival(), over]);
    }
    if (this.stopped.signal.aborted) return;
    await this.workOrLetGo(this.waiting.splice(0, batch));
  }

  /** What goes wrong with a batch beside its handling is no reason to hold it for ever: it comes again in its time. */
  private async workOrLetGo(batch: readonly Delivery[]): Promise<void> {
    try {
      await this.work(batch);
    } catch (error) {
      for (const each of batch) if (!this.late.has(each)) this.held.delete(each.sequence);
      throw error;
    }
  }

  private async prepare(): Promise<void> {
    const manager = await jetstreamManager(this.core.nats, { checkAPI: false, timeout: 1_500 });
    const why = await whyRewind(manager, this.durable, this.persistence);
    if (why) {
      await rewindDurable(manager, this.durable, why);
      await this.persistence.inbox.forgetPlaces(this.persistence.database, this.durable.name);
    } else if (this.takesOver) {
      await resumeDurable(manager, this.durable);
    }
    this.takesOver = false;
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.durable.stream}.${this.durable.name}`;
    this.pull ??= new Pull(this.core.nats, subject, inboxPrefix(this.user), {
      message: (msg) => this.take(msg),
      ended: (reason) => this.ended(reason),
    });
    this.ensured = true;
  }

  private lost(): void {
    this.ensured = false;
    this.pull?.forget();
    this.notify();
  }

  private ended(reason: PullEnd): void {
    // Deleted by somebody, or the stream is gone: look again before pulling.
    if (reason === 'gone' || reason === 'refused') this.ensured = false;
    this.notify();
  }

  private take(msg: Msg): void {
    if (!this.mayTake) {
      msg.respond(NAK);
      return;
    }
    const sequence = sequenceOf(msg);
    const known = this.held.get(sequence);
    if (known) {
      // Delivered again while it is still here (the connection broke): the latest delivery is the one to acknowledge.
      known.msg = msg;
      return;
    }
    const delivery: Delivery = { sequence, msg, arrivedAt: performance.now(), failures: 0 };
    this.held.set(sequence, delivery);
    this.waiting.push(delivery);
    this.notify();
  }

  private arrival(): Promise<void> {
    return new Promise((resolve) => (this.notify = resolve));
  }

  private async work(batch: readonly Delivery[]): Promise<void> {
    const readable = [];
    for (const each of batch) {
      const reason = this.unreadable(each);
      if (reason) await this.park(each, reason);
      else readable.push(each);
    }
    if (readable.length === 0) return;
    const culprits = await findCulprits(
      readable,
      (items) => this.attempt(items),
      (items) => this.acknowledge(items),
    );
    for (const culprit of culprits) await this.again(culprit);
  }

  private unreadable(delivery: Delivery): Error | undefined {
    try {
      this.deliveries.read(delivery);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  /** One transaction. Waits, as long as it takes, for what is away. */
  private async attempt(batch: readonly Delivery[]): Promise<void> {
    for (let waits = 0; ; waits++) {
      if (this.stopped.signal.aborted) throw new Stopping();
      try {
        return await this.inSpan(batch, () =>
          this.persistence.unitOfWork.run((tx) => this.deliveries.handle(batch, tx)),
        );
      } catch (error) {
        if (!isAway(error)) throw error;
        // As a whole it would take too long at each try: its halves are tried instead.
        if (tookTooLong(error) && batch.length > 1) throw error;
        if (waits % 10 === 0) this.logger.warn({ err: error }, 'something that is needed is away: waiting for it');
        await pause(backOff(waits, 100, 2_000), this.stopped.signal);
      }
    }
  }

  private inSpan(batch: readonly Delivery[], work: () => Promise<void>): Promise<void> {
    // A batch has many origins: a trace of its own.
    const received = batch.length === 1 ? this.deliveries.traceOf(batch[0]!) : undefined;
    const options = {
      kind: SpanKind.CONSUMER,
      parent: contextFrom(received),
      attributes: { 'messaging.batch.message_count': batch.length, 'muster.durable': this.durable.name },
    };
    return withSpan(`${spanOf(this.door.mark.source)} process`, options, work);
  }

  /** What to do with a message that failed alone. */
  private async again({ item, error }: Culprit<Delivery>): Promise<void> {
    if (error instanceof Stopping) return;
    if (error instanceof RetryLater) return this.retry(item, error.afterMs);
    item.failures++;
    if (error instanceof Poisoned || item.failures >= MOST_FAILURES) return this.park(item, error as Error);
    this.logger.warn({ err: error, sequence: item.sequence, failures: item.failures }, 'a message failed: again soon');
    this.retry(item, backOff(item.failures, 200, 2_000));
  }

  private retry(item: Delivery, afterMs: number): void {
    const timer = setTimeout(() => {
      this.late.delete(item);
      this.waiting.push(item);
      this.notify();
    }, afterMs);
    this.late.set(item, timer);
  }

  private async park(item: Delivery, reason: Error): Promise<void> {
    const { msg } = item;
    const letter = {
      durable: this.durable.name,
      subject: msg.subject,
      streamSeq: item.sequence,
      body: msg.data,
      headers: Object.fromEntries((msg.headers?.keys() ?? []).map((key) => [key, msg.headers!.values(key)])),
      reason: reasons(reason),
    };
    for (let waits = 0; ; waits++) {
      if (this.stopped.signal.aborted) return;
      try {
        await this.persistence.deadLetters.insert(this.persistence.database, letter);
        break;
      } catch (error) {
        if (!isAway(error)) throw error;
        await pause(backOff(waits, 100, 2_000), this.stopped.signal);
      }
    }
    this.logger.error({ err: reason, subject: msg.subject, sequence: item.sequence }, 'a message became a dead letter');
    await this.acknowledge([item]);
  }

  /** Until the server has surely got it: what was written while the bus went away is lost. */
  private async acknowledge(batch: readonly Delivery[]): Promise<void> {
    for (;;) {
      await this.core.whenUp(this.stopped.signal);
      try {
        for (const { msg } of batch) msg.respond(ACK);
        await this.core.nats.flush();
        break;
      } catch {
        // The connection broke: committed is committed, so it comes again and is recognised if we stop here.
        if (this.stopped.signal.aborted || this.core.nats.isClosed()) break;
        await pause(20);
      }
    }
    for (const { sequence } of batch) this.held.delete(sequence);
  }

  private stillWorking(): void {
    if (!this.core.isUp) return;
    const since = performance.now() - STILL_WORKING_MS / 2;
    for (const { msg, arrivedAt } of this.held.values()) if (arrivedAt < since) msg.respond(WORKING);
  }
}

/** The service stops: nothing is wrong with the batch. */
class Stopping extends Error {}

function spanOf(source: Source): string {
  return source.kind === 'event' ? `events.${source.event.service}.${source.event.what}` : `fleet.${source.topic}`;
}

/** `$JS.ACK.<stream>.<durable>.<deliveries>.<stream seq>.…`, from 2.15 with domain and account hash before the stream. */
export function sequenceOf(msg: Pick<Msg, 'reply'>): number {
  const tokens = msg.reply!.split('.');
  return Number(tokens[tokens.length > 9 ? 7 : 5]);
}

function reasons(error: Error): string {
  const all = [];
  for (let each: unknown = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    all.push(`${each.name}: ${each.message}`);
  }
  return all.join(' <- ').slice(0, 2_000);
}
