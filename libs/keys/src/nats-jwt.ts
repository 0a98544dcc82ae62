import { createHash } from 'node:crypto';

import { base32, type Nkey } from './nkey.js';

/** A NATS JWT's own claims, beside those that every JWT has. */
export interface NatsClaims {
  readonly type: 'operator' | 'account' | 'user';
  readonly [claim: string]: unknown;
}

/** What a NATS JWT is about. */
export interface NatsJwt {
  readonly name: string;
  /** Public nkey that it speaks about. */
  readonly subject: string;
  readonly nats: NatsClaims;
  readonly expiresAt?: Date;
  /** A revocation at a time falls on what was issued at or before it (whole seconds). Default: now. */
  readonly issuedAt?: Date;
}

/** Signs a JWT in NATS's version 2 form. */
export function signNatsJwt(issuer: Nkey, jwt: NatsJwt): string {
  const claims = {
    aud: 'NATS',
    ...(jwt.expiresAt && { exp: seconds(jwt.expiresAt) }),
    iat: seconds(jwt.issuedAt ?? new Date()),
    iss: issuer.publicKey,
    name: jwt.name,
    sub: jwt.subject,
    nats: { ...jwt.nats, version: 2 },
  };
  const jti = base32(createHash('sha512-256').update(JSON.stringify(claims)).digest());
  const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode({ jti, ...claims })}`;
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
}

/** The claims of a NATS JWT, as they are: nothing is verified. */
export interface DecodedNatsJwt {
  readonly iss: string;
  readonly sub: string;
  readonly name: string;
  /** Seconds. */
  readonly iat: number;
  readonly exp?: number;
  readonly nats: Readonly<Record<string, unknown>>;
}

/** Reads a JWT that we made ourselves. Nothing is verified: the broker does that. */
export function decodeNatsJwt(jwt: string): DecodedNatsJwt {
  const claims = jwt.split('.')[1] ?? '';
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as DecodedNatsJwt;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
