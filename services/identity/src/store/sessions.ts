import type { PolicyText } from './principal-policies.js';
import type { Tags } from '../domain/changed-tags.js';
import type { NewAccessKey } from '../domain/new-credentials.js';
import { Envelope } from '@muster/keys';
import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { boundTo } from './sealed-secrets.js';
import { tokenHash } from './signers.js';

/** Temporary credentials, as they are written. */
export interface NewSession {
  readonly key: NewAccessKey;
  readonly token: string;
  /** Id of the role or user. */
  readonly principal: string;
  /** Of an assumed role; null for a user's own. */
  readonly name: string | null;
  readonly policies: readonly PolicyText[];
  readonly tags: Tags;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** What a session hands on to the next role that is assumed with it. */
export type Inherited = Pick<NewSession, 'tags' | 'transitiveTagKeys' | 'sourceIdentity'>;

/** Sessions: their secrets lie here encrypted, of their tokens only hashes. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
  ) {}

  async add(tx: Queries, session: NewSession): Promise<void> {
    const { accessKeyId, secretAccessKey } = session.key;
    await tx.named(
      'session_add',
      `INSERT INTO session (access_key_id, principal, name, sealed_secret, token_hash, policies, tags, transitive_tag_keys,
                            source_identity, issued_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        accessKeyId,
        session.principal,
        session.name,
        this.envelope.seal(Buffer.from(secretAccessKey, 'utf8'), boundTo('session', accessKeyId)),
        tokenHash(session.token),
        JSON.stringify(session.policies),
        JSON.stringify(session.tags),
        session.transitiveTagKeys,
        session.sourceIdentity,
        session.issuedAt,
        session.expiresAt,
      ],
    );
  }

  async inheritance(accessKeyId: string): Promise<Inherited | undefined> {
    const [found] = await this.database.named<Inherited>(
      'session_inheritance',
      `SELECT tags, transitive_tag_keys AS "transitiveTagKeys", source_identity AS "sourceIdentity"
         FROM session WHERE access_key_id = $1`,
      [accessKeyId],
    );
    return found;
  }

  /** A key's account, long-term or temporary. */
  async accountOf(accessKeyId: string): Promise<string | undefined> {
    const [found] = await this.database.query<{ account: string }>(
      `SELECT p.account FROM principal p WHERE p.id = coalesce((SELECT principal FROM access_key WHERE id = $1),
                                                               (SELECT principal FROM session WHERE access_key_id = $1))`,
      [accessKeyId],
    );
    return found?.account;
  }

  /** Forgets some of those that ended before. @returns how many */
  async forget(endedBefore: Date, most: number): Promise<number> {
    const gone = await this.database.named(
      'session_forget',
      `DELETE FROM session WHERE access_key_id IN (SELECT access_key_id FROM session WHERE expires_at < $1 LIMIT $2)
       RETURNING access_key_id`,
      [endedBefore, most],
    );
    return gone.length;
  }
}
