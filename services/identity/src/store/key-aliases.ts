import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { RingScope } from '../domain/key-reference.js';

/** Another name of a key. */
export interface KeyAlias {
  readonly name: string;
  readonly keyId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const ALIAS = 'name, key_id AS "keyId", created_at AS "createdAt", updated_at AS "updatedAt"';

/** Aliases of keys, one name in each account and region. */
@Injectable()
export class KeyAliases {
  constructor(private readonly database: Database) {}

  async find({ account, region }: RingScope, name: string): Promise<KeyAlias | undefined> {
    const [row] = await this.database.query<KeyAlias>(
      `SELECT ${ALIAS} FROM kms_alias WHERE account = $1 AND region = $2 AND name = $3`,
      [account, region, name],
    );
    return row;
  }

  /** By name, in pages. @param keyId of this key alone */
  async list(scope: RingScope, keyId: string | undefined, after: string, limit: number): Promise<KeyAlias[]> {
    if (keyId !== undefined) {
      return this.database.query(
        `SELECT ${ALIAS} FROM kms_alias WHERE key_id = $1 AND name > $2 ORDER BY name LIMIT $3`,
        [keyId, after, limit],
      );
    }
    return this.database.query(
      `SELECT ${ALIAS} FROM kms_alias WHERE account = $1 AND region = $2 AND name > $3 ORDER BY name LIMIT $4`,
      [scope.account, scope.region, after, limit],
    );
  }

  /** @returns false when the name is taken */
  async add(tx: Queries, scope: RingScope, name: string, keyId: string, at: Date): Promise<boolean> {
    const added = await tx.query(
      `INSERT INTO kms_alias (account, region, name, key_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
       ON CONFLICT DO NOTHING RETURNING name`,
      [scope.account, scope.region, name, keyId, at],
    );
    return added.length > 0;
  }

  /** @returns false when there is no such alias, or it names another key than `before` by now */
  async move(tx: Queries, scope: RingScope, name: string, before: string, keyId: string, at: Date): Promise<boolean> {
    const moved = await tx.query(
      `UPDATE kms_alias SET key_id = $5, updated_at = $6
        WHERE account = $1 AND region = $2 AND name = $3 AND key_id = $4 RETURNING name`,
      [scope.account, scope.region, name, before, keyId, at],
    );
    return moved.length > 0;
  }

  /** @returns false when there is no such alias, or it names another key by now */
  async remove(tx: Queries, scope: RingScope, name: string, keyId: string): Promise<boolean> {
    const removed = await tx.query(
      `DELETE FROM kms_alias WHERE account = $1 AND region = $2 AND name = $3 AND key_id = $4 RETURNING name`,
      [scope.account, scope.region, name, keyId],
    );
    return removed.length > 0;
  }
}
