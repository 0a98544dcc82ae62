import { setImmediate as turn } from 'node:timers/promises';

import { fromBinary } from '@bufbuild/protobuf';
import { RevisionSchema, subjects } from '@muster/contracts';
import type { Persistence } from '@muster/persistence';
import { log } from '@muster/telemetry';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { type Msg, type Subscription, headers } from '@nats-io/transport-node';

import type { BusAuthority } from './bus-authority.js';
import type { BusConnection } from './bus-connection.js';
import type { CallMac } from './call-mac.js';
import { ConsumerHost } from './consumer-host.js';
import { HEADER } from './headers.js';
import { HearsHost } from './hears-host.js';
import { type Doors, operationSubject } from './marked-doors.js';
import { OperationHost } from './operation-host.js';
import { OperationsBucket } from './operations-bucket.js';
import { pause } from './pause.js';
import { Relay } from './relay.js';
import { RpcHost } from './rpc-host.js';
import { Slots } from './slots.js';
import { SweepHost } from './sweep-host.js';
import type { SweepWaker } from './sweep-waker.js';

/** Longest to wait for calls at the end; orchestrators give 30 s altogether. */
const DRAIN_MS = 20_000;

/** What the doors of a service are opened on. */
export interface TransportSurroundings {
  readonly service: string;
  readonly core: BusConnection;
  readonly regions: readonly string[];
  readonly authority: BusAuthority;
  readonly persistence?: Persistence | undefined;
  /** By which it knows calls of the gateway; needed when it answers operations. */
  readonly seal?: CallMac | undefined;
  readonly waker: SweepWaker;
  /** Most API calls at once; rpcs have as many of their own, so that a call that waits for an rpc cannot block it. */
  readonly concurrency: number;
}

/**
 * Nest's transport strategy over our bus. Nest brings the classes to life; it sees no handler: its wrappers would hide
 * errors, replace a second handler in silence, and pass only the payload.
 */
export class BusTransport implements CustomTransportStrategy {
  private readonly logger = log('bus');
  private readonly calls: Slots;
  private readonly rpcs: Slots;
  private readonly subscriptions: Subscription[] = [];
  private readonly parts: { stop(): Promise<void> }[] = [];
  private forged = 0;
  private closing: Promise<void> | undefined;
  private doors: Doors | undefined;

  constructor(private readonly around: TransportSurroundings) {
    // Whoever waits longer than eight turns has most likely gone; better to say no at once.
    this.calls = new Slots(around.concurrency, around.concurrency * 8);
    this.rpcs = new Slots(around.concurrency, around.concurrency * 8);
  }

  /** Before `listen`: what is to be opened. */
  use(doors: Doors): void {
    this.doors = doors;
  }

  listen(done: (error?: unknown) => void): void {
    this.open().then(
      () => done(),
      (error: unknown) => done(error),
    );
  }

  /** Takes nothing new, finishes what was taken. Safe to repeat. */
  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private async open(): Promise<void> {
    const doors = this.doors;
    if (!doors) throw new TypeError('listen() before use()');
    const decided = doors.operations.filter((each) => !each.mark.public);
    if (decided.length > 0) this.hearRevisions();
    if (decided.length > 0 && !this.around.persistence) {
      throw new Error(`${this.around.service} answers operations but has no schema: their audit could not be kept`);
    }
    if (doors.operations.length > 0 && !this.around.seal) {
      throw new Error(`${this.around.service} answers operations but has no gateway key: it could believe nobody`);
    }
    for (const each of doors.operations) {
      const host = new OperationHost(each, {
        ...this.around,
        slots: this.calls,
        logger: this.logger,
      });
      const subject = operationSubject(each.mark);
      this.subscribe(subject, (msg) => {
        if (this.isOfTheGateway(subject, msg)) void this.answerCall(host, msg);
      });
    }
    for (const each of doors.rpcs) {
      const host = new RpcHost(each, this.rpcs, this.logger);
      this.subscribe(host.subject, (msg) => void this.answerRpc(host, msg));
    }
    const { core, service } = this.around;
    const bucket = new OperationsBucket(
      core,
      service,
      doors.operations.map((each) => each.mark),
    );
    this.parts.push(bucket);
    await bucket.start();
    for (const each of doors.hears) this.begin(new HearsHost(each, service, core));
    if (this.around.persistence) this.openOnData(doors, this.around.persistence);
    // The server knows the subscriptions when this returns: whoever asks from now on is heard.
    await core.nats.flush();
  }

  /** What needs the database: durables, sweeps, the relay. */
  private openOnData(doors: Doors, persistence: Persistence): void {
    const { core, service, waker } = this.around;
    const housekeeping = {
      mark: { kind: 'sweeps', everyMs: 60_000, lock: 'housekeeping' },
      instance: persistence.housekeeping,
    } as const;
    for (const each of doors.consumers) this.begin(new ConsumerHost(each, service, core, persistence));
    for (const each of [...doors.sweeps, housekeeping]) this.begin(new SweepHost(each, persistence.locks, waker));
    this.begin(new Relay(service, core, persistence));
  }

  private begin(part: { start(): void; stop(): Promise<void> }): void {
    this.parts.push(part);
    part.start();
  }

  private hearRevisions(): void {
    // Every replica: each decides for itself.
    const subscription = this.around.core.nats.subscribe(subjects.identityRevision, {
      callback: (error, msg) => {
        if (!error) this.around.authority.heard(fromBinary(RevisionSchema, msg.data).revision);
      },
    });
    this.subscriptions.push(subscription);
  }

  private subscribe(subject: string, take: (msg: Msg) => void): void {
    const subscription = this.around.core.nats.subscribe(subject, {
      queue: this.around.service,
      callback: (error, msg) => {
        if (error) this.logger.error({ err: error, subject }, 'a subscription was refused');
        else take(msg);
      },
    });
    this.subscriptions.push(subscription);
  }

  /**
   * Whatever else arrives (a delivery that somebody steered here, a service that pretends to be the gateway) is not
   * answered. Neither is a call that is sealed for another service, which claims the same operation.
   */
  private isOfTheGateway(subject: string, msg: Msg): boolean {
    if (this.around.seal?.isSealed(subject, msg.headers, msg.data)) return true;
    this.forged++;
    // Not a line for each: somebody who floods must not fill the log as well.
    if (this.forged <= 10 || this.forged % 1_000 === 0) {
      this.logger.error(
        { subject, refused: this.forged },
        'a call was refused: it is not sealed by the gateway for this service',
      );
    }
    return false;
  }

  private async answerCall(host: OperationHost, msg: Msg): Promise<void> {
    const answer = await host.answer(msg.data, msg.headers);
    const set = headers();
    set.set(HEADER.status, String(answer.status));
    set.set(HEADER.contentType, answer.contentType);
    this.respond(msg, answer.body, set);
  }

  private async answerRpc(host: RpcHost, msg: Msg): Promise<void> {
    const { body, headers: set } = await host.answer(msg);
    this.respond(msg, body, set);
  }

  private respond(msg: Msg, body: Uint8Array, set?: ReturnType<typeof headers>): void {
    this.around.core.together.push(() => {
      try {
        msg.respond(body, set ? { headers: set } : {});
      } catch (err) {
        // Closed, or larger than the bus carries: the asker runs into its deadline.
        this.logger.error({ err, subject: msg.subject, bytes: body.length }, 'an answer could not be sent');
      }
    });
  }

  /** A handler that ignores its deadline, or a bus that hangs, must not keep the service for ever. */
  private async drain(): Promise<void> {
    const finished = new AbortController();
    const patience = pause(DRAIN_MS, finished.signal).then(() => {
      if (!finished.signal.aborted) this.logger.warn({ afterMs: DRAIN_MS }, 'stopped while calls were still worked on');
    });
    await Promise.race([this.finish(), patience]);
    finished.abort();
  }

  private async finish(): Promise<void> {
    const { core } = this.around;
    if (core.isUp) await Promise.allSettled(this.subscriptions.map((each) => each.drain()));
    await Promise.all(this.parts.map((each) => each.stop()));
    await Promise.all([this.calls.idle(), this.rpcs.idle()]);
    // What was worked out last is sent before the flush.
    await turn();
    core.together.now();
    if (core.isUp) await core.nats.flush().catch(() => undefined);
  }
}
