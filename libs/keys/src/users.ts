import { signNatsJwt } from './nats-jwt.js';
import { createNkey, nkeyFromSeed } from './nkey.js';

/** What a user of the bus may do. Nothing but this: an empty list permits nothing. */
export interface UserPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** Whether it may answer requests, on reply subjects that it has no permission for. */
  readonly respond?: { readonly max: number; readonly withinMs: number };
}

export interface UserClaims {
  readonly name: string;
  /** The user's public nkey ("U..."). */
  readonly publicKey: string;
  readonly permissions: UserPermissions;
  readonly expiresAt?: Date;
  readonly issuedAt?: Date;
  /** Most subscriptions of one connection; default unlimited. */
  readonly maxSubscriptions?: number;
}

/** Makes a user of an account: its JWT, signed with the account's signing key. */
export function userJwt(
  account: { readonly publicKey: string; readonly signingSeed: string },
  user: UserClaims,
): string {
  const { publish, subscribe, respond } = user.permissions;
  return signNatsJwt(nkeyFromSeed(account.signingSeed), {
    name: user.name,
    subject: user.publicKey,
    expiresAt: user.expiresAt,
    issuedAt: user.issuedAt,
    nats: {
      type: 'user',
      issuer_account: account.publicKey,
      pub: only(publish),
      sub: only(subscribe),
      // The server counts in nanoseconds.
      ...(respond && { resp: { max: respond.max, ttl: respond.withinMs * 1_000_000 } }),
      subs: user.maxSubscriptions ?? -1,
      data: -1,
      payload: -1,
    },
  });
}

/** A user's credentials file, as every NATS client reads it. A secret. */
export function credsFile(jwt: string, seed: string): string {
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
The seed below is a secret: whoever has it is this user.

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------

*************************************************************
`;
}

/** JWT and seed out of a credentials file. Throws when they are not there. */
export function parseCreds(text: string): { jwt: string; seed: string } {
  const jwt = /-----BEGIN NATS USER JWT-----\s+(\S+)\s/.exec(text)?.[1];
  const seed = /-----BEGIN USER NKEY SEED-----\s+(\S+)\s/.exec(text)?.[1];
  if (!jwt || !seed) throw new Error('not a NATS credentials file: JWT or seed is missing');
  return { jwt, seed };
}

/** A new user's keys. */
export function natsUserKeys(): { publicKey: string; seed: string } {
  const { publicKey, seed } = createNkey('user');
  return { publicKey, seed };
}

/**
 * Logs a connection on with a credentials file's text: `connect({ authenticator: credsAuthenticator(text) })`.
 * The NATS client's own one signs in JavaScript, 37 ms for each connection.
 */
export function credsAuthenticator(text: string): (nonce?: string) => { jwt: string; nkey: string; sig: string } {
  const { jwt, seed } = parseCreds(text);
  const key = nkeyFromSeed(seed);
  return (nonce = '') => ({
    jwt,
    nkey: key.publicKey,
    sig: Buffer.from(key.sign(Buffer.from(nonce))).toString('base64url'),
  });
}

// No `allow` at all would permit everything.
function only(subjects: readonly string[]): object {
  return subjects.length > 0 ? { allow: subjects } : { deny: ['>'] };
}
