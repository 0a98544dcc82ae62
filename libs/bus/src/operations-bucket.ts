import { Kvm, type KV } from '@nats-io/kv';
import { log } from '@muster/telemetry';

import type { BusConnection } from './bus-connection.js';
import type { OperationMark } from './marks.js';
import { pause } from './pause.js';

const BUCKET = 'operations';
const RECONCILE_MS = 60_000;

/**
 * Says in KV `operations` which operations this service answers, so that the gateway can tell "not there" from "away".
 * A cache: written anew at the start, after each reconnect and every minute.
 */
export class OperationsBucket {
  private readonly stopped = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly core: BusConnection,
    private readonly service: string,
    private readonly operations: readonly OperationMark[],
  ) {}

  /** Resolves when the operations stand there for the first time; waits for the bucket as long as it takes. */
  async start(): Promise<void> {
    if (this.operations.length === 0) return;
    for (let attempt = 0; !this.stopped.signal.aborted; attempt++) {
      try {
        await this.reconcile();
        break;
      } catch (err) {
        if (attempt % 20 === 0) log('bus').warn({ err }, 'the bus is not set up yet: waiting for KV operations');
        await pause(250, this.stopped.signal);
      }
    }
    this.running = this.keep();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async keep(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      const woken = new AbortController();
      const forget = this.core.onUp(() => woken.abort());
      await pause(RECONCILE_MS, this.stopped.signal, woken.signal);
      forget();
      if (this.stopped.signal.aborted || !this.core.isUp) continue;
      // Fails only while the bus is away: the next reconnect tries again.
      await this.reconcile().catch((err: unknown) => log('bus').warn({ err }, 'KV operations could not be reconciled'));
    }
  }

  private async reconcile(): Promise<void> {
    const bucket = await openBucket(this.core);
    for (const each of this.operations) {
      const key = `${each.service}.${each.operation}`;
      const entry = await bucket.get(key);
      if (entry?.operation !== 'PUT' || entry.string() !== this.service) await bucket.put(key, this.service);
    }
  }
}

function openBucket(core: BusConnection): Promise<KV> {
  return new Kvm(core.nats).open(BUCKET, { allow_direct: true });
}

/** What the gateway knows of KV `operations`: which operations exist, whether or not somebody answers them now. */
export class KnownOperations {
  constructor(private readonly core: BusConnection) {}

  /** The service that answers an operation; undefined when there is none. @throws when the bus cannot be asked */
  async ownerOf(service: string, operation: string): Promise<string | undefined> {
    const entry = await (await openBucket(this.core)).get(`${service}.${operation}`);
    return entry?.operation === 'PUT' ? entry.string() : undefined;
  }
}
