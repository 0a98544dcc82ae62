import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import { log } from '@muster/telemetry';

import type { BusConnection } from './bus-connection.js';
import { claimOperations } from './operation-claims.js';
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
  private readonly logger = log('bus');
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
        await this.reconcile('at the start');
        break;
      } catch (err) {
        if (attempt % 20 === 0) this.logger.warn({ err }, 'the bus is not set up yet: waiting for KV operations');
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
      await this.reconcile('later').catch((err: unknown) =>
        this.logger.warn({ err }, 'KV operations could not be reconciled'),
      );
    }
  }

  private async reconcile(when: 'at the start' | 'later'): Promise<void> {
    const bucket = await openBucket(this.core);
    const owners = {
      get: async (operation: string) => ownerIn(await bucket.get(operation)),
      put: (operation: string, owner: string) => bucket.put(operation, owner),
    };
    const operations = this.operations.map((each) => `${each.service}.${each.operation}`);
    await claimOperations(owners, this.service, operations, when, this.logger);
  }
}

function ownerIn(entry: KvEntry | null): string | undefined {
  return entry?.operation === 'PUT' ? entry.string() : undefined;
}

function openBucket(core: BusConnection): Promise<KV> {
  return new Kvm(core.nats).open(BUCKET, { allow_direct: true });
}

/** How long an owner is believed without asking again. */
const BELIEVED_MS = 5_000;

/** What the gateway knows of KV `operations`: which operations exist, whether or not somebody answers them now. */
export class KnownOperations {
  private readonly owners = new Map<string, { owner: string; at: number }>();

  constructor(private readonly core: BusConnection) {}

  /**
   * The service that answers an operation, at most five seconds old, or as old as the bucket is away.
   * @returns undefined when there is none @throws when the bus cannot be asked, and never could
   */
  async ownerOf(service: string, operation: string): Promise<string | undefined> {
    const key = `${service}.${operation}`;
    const known = this.owners.get(key);
    if (known && performance.now() - known.at < BELIEVED_MS) return known.owner;
    try {
      return await this.ask(key);
    } catch (error) {
      if (known) return known.owner;
      throw error;
    }
  }

  /** Nobody answered: who owns it is asked anew. */
  forget(service: string, operation: string): void {
    const known = this.owners.get(`${service}.${operation}`);
    if (known) known.at = -Infinity;
  }

  private async ask(key: string): Promise<string | undefined> {
    const owner = ownerIn(await (await openBucket(this.core)).get(key));
    if (owner === undefined) this.owners.delete(key);
    else this.owners.set(key, { owner, at: performance.now() });
    return owner;
  }
}
