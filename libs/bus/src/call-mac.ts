import { type KeyObject, createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';

import type { MsgHdrs } from '@nats-io/transport-node';

import { HEADER } from './headers.js';

/**
 * The key by which one service knows that a call is from the gateway: 32 bytes. The gateway has the secret, each service
 * its own key and no other.
 * @param secret at least 32 random bytes, one per deployment
 */
export function deriveGatewayKey(secret: Uint8Array, service: string): Uint8Array {
  if (secret.length < 32) throw new Error("the gateway's secret must have at least 32 bytes");
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), `muster gateway key\0${service}`, 32));
}

/** Seals calls to one service, or opens them there. */
export class CallMac {
  // A key object prints nothing of itself.
  private readonly key: KeyObject;

  constructor(key: Uint8Array) {
    this.key = createSecretKey(key);
  }

  /** Adds what proves that these headers and this body are the gateway's, for this subject. */
  seal(subject: string, set: MsgHdrs, body: Uint8Array): void {
    set.set(HEADER.mac, this.of(subject, set, body).toString('base64url'));
  }

  /** Whether the gateway sealed it, for this subject and this service. */
  isSealed(subject: string, set: MsgHdrs | undefined, body: Uint8Array): boolean {
    const given = Buffer.from(set?.get(HEADER.mac) ?? '', 'base64url');
    if (!set || given.length !== 32) return false;
    return timingSafeEqual(given, this.of(subject, set, body));
  }

  private of(subject: string, set: MsgHdrs, body: Uint8Array): Buffer {
    // Headers hold no line breaks, and the body comes last: no two calls read the same.
    const said = [subject, ...SEALED.map((name) => set.get(name))].join('\n');
    return createHmac('sha256', this.key).update(`${said}\n`).update(body).digest();
  }
}

/** All that a service believes of a call. The deadline it only obeys, and the trace nobody decides on. */
const SEALED = [HEADER.caller, HEADER.requestId, HEADER.invocationId, HEADER.stream] as const;
