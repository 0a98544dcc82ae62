import { inboxPrefix } from '@muster/contracts';
import type { Nkey } from '@muster/keys';
import type { Logger } from '@muster/telemetry';
import { type Authenticator, connect, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as wait } from 'node:timers/promises';

import { BackOff } from '../work/back-off.js';

/** How this node reaches its bus. */
export interface BusAddress {
  readonly nodeId: string;
  readonly servers: readonly string[];
  /** PEM. */
  readonly ca?: string;
  readonly key: Nkey;
  /** Asked at each connect, so that a renewed credential is used. */
  credential(): string;
}

/** Told when the connection stands, and when it is lost. */
export interface BusEars {
  up(): void;
  down(reason: string): void;
}

/** The connection to the bus: made, and made again for ever. */
export class BusLink {
  private isUp = true;

  private constructor(
    readonly nats: NatsConnection,
    private readonly log: Logger,
  ) {}

  /** Resolves when it stands for the first time; `undefined` when the signal ended the attempts. */
  static async open(
    address: BusAddress,
    log: Logger,
    signal: AbortSignal,
    tell: (problem: string) => void,
  ): Promise<BusLink | undefined> {
    const backOff = new BackOff(500, 30_000);
    let said = '';
    while (!signal.aborted) {
      try {
        return new BusLink(await connect(optionsOf(address)), log);
      } catch (error) {
        const problem = explain(error, address);
        // Once for each reason: a node may be without its bus for weeks.
        if (problem !== said) {
          log.warn(problem);
          tell(problem);
        }
        said = problem;
        await wait(backOff.nextMs(), undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  get up(): boolean {
    return this.isUp && !this.nats.isClosed();
  }

  /** Reports what happens to the connection until it is closed. */
  async listen(ears: BusEars): Promise<void> {
    ears.up();
    for await (const status of this.nats.status()) {
      switch (status.type) {
        case 'disconnect':
          this.isUp = false;
          ears.down(`the connection to ${status.server} was lost`);
          break;
        case 'reconnect':
          this.isUp = true;
          this.log.info({ server: status.server }, 'the bus is back');
          ears.up();
          break;
        case 'error':
          this.log.warn({ err: status.error }, 'the bus refused something');
          break;
        default:
      }
    }
  }

  /** Connects anew: with the credential as it is now. */
  reconnect(): Promise<void> {
    return this.nats.reconnect();
  }

  async close(): Promise<void> {
    // What was said last still goes out; a bus that is away must not keep us.
    if (this.up) await Promise.race([this.nats.flush().catch(() => undefined), wait(1_000, undefined, { ref: false })]);
    await this.nats.close();
  }
}

function optionsOf(address: BusAddress) {
  return {
    name: address.nodeId,
    servers: [...address.servers],
    authenticator: authenticator(address),
    inboxPrefix: inboxPrefix(address.nodeId),
    ...(address.ca ? { tls: { ca: address.ca } } : {}),
    maxReconnectAttempts: -1,
    // A bus that restarts may not know us for a moment; and a renewed credential mends an expired one.
    ignoreAuthErrorAbort: true,
    // A fleet does not come back in one moment.
    reconnectTimeWait: 500,
    reconnectJitter: 2_000,
    reconnectJitterTLS: 2_000,
    timeout: 10_000,
    // A dead way is noticed after a minute at most.
    pingInterval: 20_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}

// The client's own signs with plain JavaScript: 37 ms of work at each connect.
function authenticator({ key, credential }: BusAddress): Authenticator {
  return (nonce) => ({
    jwt: credential(),
    nkey: key.publicKey,
    sig: nonce ? Buffer.from(key.sign(Buffer.from(nonce))).toString('base64') : '',
  });
}

function explain(error: unknown, { servers, nodeId }: BusAddress): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/authoriz|authent|expired|revoked/i.test(message)) {
    return `The bus does not accept the credential of ${nodeId} (${message}). If the node was deregistered, or was away for longer than its credential lives, register it again: muster-agent register --force …`;
  }
  return `The bus at ${servers.join(', ')} cannot be reached (${message}); trying for ever.`;
}
