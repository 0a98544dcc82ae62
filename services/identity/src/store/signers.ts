import { createHash, timingSafeEqual } from 'node:crypto';

import { Envelope } from '@muster/keys';
import { Clock, Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { assumedRoleArn } from '../domain/principal-arn.js';
import { type KeyKind, boundTo } from './sealed-secrets.js';

/** Whose key signs, and its secret. */
export interface Signer {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly kind: 'User' | 'AssumedRole';
  readonly secret: string;
  /** Of temporary credentials. */
  readonly session?: { readonly issuedAt: Date; readonly expiresAt: Date };
  /** The role behind an assumed role. */
  readonly issuerArn?: string;
}

/** What is known of an access key, together with the revision that it was true at. */
export interface KnownKey {
  readonly revision: bigint;
  /** Absent: there is no such active key, or its token is another. */
  readonly signer?: Signer;
  /** These were valid once. */
  readonly expired?: boolean;
}

interface Row {
  readonly revision: string;
  readonly keySecret: string | null;
  readonly sessionSecret: string | null;
  readonly sessionName: string | null;
  readonly tokenHash: string | null;
  readonly issuedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly account: string;
  readonly kind: 'User' | 'Role';
  readonly name: string;
  readonly arn: string;
  readonly userId: string;
}

/** Long-term and temporary keys, as whoever checks a signature sees them. */
@Injectable()
export class Signers {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
    private readonly clock: Clock,
  ) {}

  /** @throws CannotOpen when the secret was sealed with a key that is not here */
  async of(accessKeyId: string, sessionToken?: string): Promise<KnownKey> {
    const [row] = await this.database.named<Row>('signer_of', SIGNER_OF, [accessKeyId]);
    const revision = BigInt(row!.revision);
    if (row!.keySecret !== null) {
      // Long-term keys carry no token; one that comes with a token is not that key.
      if (sessionToken !== undefined) return { revision };
      return { revision, signer: { ...userOf(row!), secret: this.open('access-key', accessKeyId, row!.keySecret) } };
    }
    if (row!.sessionSecret === null || !isToken(sessionToken, row!.tokenHash!)) return { revision };
    if (row!.expiresAt! <= this.clock.now()) return { revision, expired: true };
    const session = { issuedAt: row!.issuedAt!, expiresAt: row!.expiresAt! };
    const who = row!.kind === 'Role' ? roleOf(row!) : userOf(row!);
    return { revision, signer: { ...who, session, secret: this.open('session', accessKeyId, row!.sessionSecret) } };
  }

  private open(kind: KeyKind, accessKeyId: string, sealed: string): string {
    return Buffer.from(this.envelope.open(sealed, boundTo(kind, accessKeyId))).toString('utf8');
  }
}

/** What a session's row keeps of its token. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function isToken(token: string | undefined, hash: string): boolean {
  return token !== undefined && timingSafeEqual(Buffer.from(tokenHash(token)), Buffer.from(hash));
}

function userOf({ account, arn, userId }: Row) {
  return { account, arn, userId, kind: 'User' as const };
}

function roleOf({ account, arn, userId, name, sessionName }: Row) {
  const session = sessionName ?? '';
  return {
    account,
    arn: assumedRoleArn(account, name, session),
    userId: `${userId}:${session}`,
    kind: 'AssumedRole' as const,
    issuerArn: arn,
  };
}

const SIGNER_OF = `
SELECT r.value AS revision, k.sealed_secret AS "keySecret", s.sealed_secret AS "sessionSecret", s.name AS "sessionName",
       s.token_hash AS "tokenHash", s.issued_at AS "issuedAt", s.expires_at AS "expiresAt",
       p.account, p.kind, p.name, p.arn, p.user_id AS "userId"
  FROM revision r
  LEFT JOIN access_key k ON k.id = $1 AND k.status = 'Active'
  LEFT JOIN session s ON s.access_key_id = $1
  LEFT JOIN principal p ON p.id = coalesce(k.principal, s.principal)`;
