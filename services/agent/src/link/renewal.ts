import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { RenewAnswerSchema, RenewRequestSchema, subjects } from '@muster/contracts';
import type { Logger } from '@muster/telemetry';

import type { Credential } from '../state/registration.js';
import { BackOff } from '../work/back-off.js';
import type { BusLink } from './bus-link.js';

/** Looked at this often, so that neither a sleeping machine nor a changed clock is missed. */
const lookEveryMs = 3_600_000;
const soonestMs = 1_000;

/** Renews the broker credential at half of its life, with the same key. */
export class Renewal {
  private timer: NodeJS.Timeout | undefined;
  private readonly backOff = new BackOff(60_000, lookEveryMs);

  constructor(
    private readonly bus: BusLink,
    private readonly node: { readonly nodeId: string; readonly publicKey: string },
    private current: Credential,
    /** Keeps it; called before it is used. */
    private readonly keep: (credential: Credential) => void,
    private readonly log: Logger,
  ) {}

  /** Looks now, and from now on. */
  start(): void {
    void this.look();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    this.stop();
    let retryMs = 0;
    if (this.bus.up && Date.now() >= halfLife(this.current)) {
      try {
        await this.renew();
        this.backOff.reset();
      } catch (err) {
        retryMs = this.backOff.nextMs();
        this.log.warn(
          { err, expiresAt: new Date(this.current.expiresAtMs).toISOString() },
          'the credential was not renewed; trying again',
        );
      }
    }
    const nextMs = Math.max(retryMs, soonestMs, halfLife(this.current) - Date.now());
    this.timer = setTimeout(() => void this.look(), Math.min(nextMs, lookEveryMs)).unref();
  }

  private async renew(): Promise<void> {
    const { nodeId, publicKey } = this.node;
    const request = toBinary(RenewRequestSchema, create(RenewRequestSchema, { nodeId, publicKey }));
    const reply = await this.bus.nats.request(subjects.renew(nodeId), request, { timeout: 10_000 });
    const answer = fromBinary(RenewAnswerSchema, reply.data);
    if (answer.jwt === undefined) throw new Error(answer.refused ?? 'refused without a reason');
    this.current = { jwt: answer.jwt, obtainedAtMs: Date.now(), expiresAtMs: Number(answer.expiresAtMs) };
    this.keep(this.current);
    this.log.info({ expiresAt: new Date(this.current.expiresAtMs).toISOString() }, 'the credential was renewed');
    // The broker ends a connection when the credential that opened it ends.
    await this.bus.reconnect();
  }
}

/** When a credential should be renewed, milliseconds since the epoch. */
export function halfLife({ obtainedAtMs, expiresAtMs }: Credential): number {
  return obtainedAtMs + (expiresAtMs - obtainedAtMs) / 2;
}
