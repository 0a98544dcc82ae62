import { readFileSync } from 'node:fs';

import { inboxPrefix } from '@muster/contracts';
import { type Logger, log } from '@muster/telemetry';
import {
  type Msg,
  type NatsConnection,
  type RequestOptions,
  connect,
  credsAuthenticator,
} from '@nats-io/transport-node';

import { OneWrite } from './one-write.js';
import { backOff, pause } from './pause.js';

/** How to reach one account of the bus. */
export interface BusAddress {
  /** Bus user; also the name of the connection and of its inbox. */
  readonly user: string;
  readonly servers: readonly string[];
  readonly credsFile: string;
  readonly caFile?: string | undefined;
}

/** Whether the request arrived is not known; its answer will not. */
export class ConnectionLost extends Error {}

/**
 * One connection that is never given up: it waits for the bus at the start, reconnects for ever with jitter, and says
 * whether it is up, so that nobody writes into a void.
 */
export class BusConnection {
  /** For what every request sends: requests and their answers. */
  readonly together = new OneWrite();
  private up = true;
  private readonly upListeners = new Set<() => void>();
  private readonly downListeners = new Set<() => void>();

  private constructor(
    readonly nats: NatsConnection,
    private readonly logger: Logger,
  ) {
    void this.watch();
  }

  /** Resolves when the first connection stands, however long that takes; rejects when `signal` is aborted. */
  static async open(address: BusAddress, signal?: AbortSignal): Promise<BusConnection> {
    const logger = log(`bus.${address.user}`);
    for (let attempt = 0; ; attempt++) {
      try {
        return new BusConnection(await connect(optionsOf(address)), logger);
      } catch (err) {
        // Every eighth attempt: about every twelve seconds once the pauses have grown.
        if (attempt % 8 === 0) {
          logger.warn({ err, servers: address.servers }, 'the bus does not answer yet: waiting for it');
        }
        await pause(backOff(attempt, 100, 2_000), signal);
        if (signal?.aborted) throw new Error('stopped while waiting for the bus', { cause: err });
      }
    }
  }

  get isUp(): boolean {
    return this.up;
  }

  /** Resolves at once while the bus is there; else when it is back, or the signal is aborted. */
  async whenUp(signal?: AbortSignal): Promise<void> {
    if (this.up || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        forget();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const forget = this.onUp(done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }

  /** Called after each reconnect. Returns how to forget it. */
  onUp(listener: () => void): () => void {
    this.upListeners.add(listener);
    return () => this.upListeners.delete(listener);
  }

  /** Called when the connection is lost. */
  onDown(listener: () => void): () => void {
    this.downListeners.add(listener);
    return () => this.downListeners.delete(listener);
  }

  /**
   * As the client's own, but rejects at once when the connection is lost: the answer would come to an inbox that the
   * server has forgotten.
   */
  async request(subject: string, body: Uint8Array, how: RequestOptions): Promise<Msg> {
    let forget: () => void = () => undefined;
    const lost = new Promise<never>((_, reject) => {
      forget = this.onDown(() => reject(wentAway()));
    });
    const answer = this.together.ask(() =>
      // It went away in this very turn: the client would keep the request and send it when nobody waits any more.
      this.up ? this.nats.request(subject, body, how) : Promise.reject(wentAway()),
    );
    try {
      return await Promise.race([answer, lost]);
    } finally {
      forget();
    }
  }

  /** @throws when the bus does not answer within two seconds */
  async roundTrip(): Promise<void> {
    if (!this.up) throw new Error('the bus is away');
    await Promise.race([
      this.nats.flush(),
      pause(2_000).then(() => Promise.reject(new Error('the bus did not answer within 2 s'))),
    ]);
  }

  async close(): Promise<void> {
    this.together.now();
    // A flush of what was said last; a bus that is away must not keep us.
    if (this.up) await Promise.race([this.nats.flush().catch(() => undefined), pause(1_000)]);
    await this.nats.close();
  }

  private async watch(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') {
        this.up = false;
        this.logger.warn({ server: status.server }, 'the bus is away');
        for (const listener of [...this.downListeners]) listener();
      } else if (status.type === 'reconnect') {
        this.up = true;
        this.logger.info({ server: status.server }, 'the bus is back');
        for (const listener of [...this.upListeners]) listener();
      } else if (status.type === 'error') {
        this.logger.error({ err: status.error }, 'the bus refused something');
      } else if (status.type === 'slowConsumer') {
        this.logger.warn({ pending: status.pending }, 'messages arrive faster than they are handled');
      }
    }
  }
}

function wentAway(): ConnectionLost {
  return new ConnectionLost('The bus went away while an answer was awaited.');
}

function optionsOf(address: BusAddress) {
  return {
    name: address.user,
    servers: [...address.servers],
    authenticator: credsAuthenticator(readFileSync(address.credsFile)),
    inboxPrefix: inboxPrefix(address.user),
    ...(address.caFile ? { tls: { caFile: address.caFile } } : {}),
    // A service outlives its bus: it is never given up, also when a bus that is just starting does not know us yet.
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 100,
    reconnectJitter: 900,
    reconnectJitterTLS: 900,
    timeout: 5_000,
    // A hung broker is noticed after 30 s at most.
    pingInterval: 10_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}
