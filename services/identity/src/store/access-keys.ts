import { Envelope } from '@muster/keys';
import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { NewAccessKey } from '../domain/new-access-key.js';
import { AccessKeyEntity } from './access-key.entity.js';
import type { PrincipalEntity } from './principal.entity.js';

/** A signing key's owner and secret, read together with the revision that this was true at. */
export interface KeyOwner {
  readonly revision: bigint;
  readonly owner?: { readonly account: string; readonly arn: string; readonly userId: string; readonly secret: string };
}

interface KeyOwnerRow {
  revision: string;
  sealed_secret: string | null;
  account: string;
  arn: string;
  user_id: string;
}

/** Access keys; their secrets lie here encrypted, bound to the id of the key. */
@Injectable()
export class AccessKeys {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
  ) {}

  /** Whose key it is and its secret; no owner when there is no such key, or it is switched off. */
  async activeOwner(accessKeyId: string): Promise<KeyOwner> {
    const [row] = await this.database.named<KeyOwnerRow>(
      'access_key_active_owner',
      `SELECT r.value AS revision, k.sealed_secret, p.account, p.arn, p.user_id
         FROM revision r
         LEFT JOIN access_key k ON k.id = $1 AND k.status = 'Active'
         LEFT JOIN principal p ON p.id = k.principal`,
      [accessKeyId],
    );
    const revision = BigInt(row!.revision);
    if (!row!.sealed_secret) return { revision };
    const secret = Buffer.from(this.envelope.open(row!.sealed_secret, secretOf(accessKeyId))).toString('utf8');
    return { revision, owner: { account: row!.account, arn: row!.arn, userId: row!.user_id, secret } };
  }

  async add(tx: Tx, user: Pick<PrincipalEntity, 'id'>, key: NewAccessKey, createdAt: Date): Promise<void> {
    await tx.manager.insert(AccessKeyEntity, {
      id: key.accessKeyId,
      principal: user.id,
      sealedSecret: this.envelope.seal(Buffer.from(key.secretAccessKey, 'utf8'), secretOf(key.accessKeyId)),
      status: 'Active',
      createdAt,
    });
  }

  async count(tx: Tx, user: PrincipalEntity): Promise<number> {
    return tx.manager.countBy(AccessKeyEntity, { principal: user.id });
  }

  /** By id, in pages; their secrets stay where they are. */
  async list(user: PrincipalEntity, after: string, limit: number): Promise<Omit<AccessKeyEntity, 'sealedSecret'>[]> {
    return this.database.query(
      `SELECT id, principal, status, created_at AS "createdAt" FROM access_key
        WHERE principal = $1 AND id > $2 ORDER BY id LIMIT $3`,
      [user.id, after, limit],
    );
  }

  /** @returns whether the user has such a key */
  async setStatus(tx: Tx, user: PrincipalEntity, id: string, status: 'Active' | 'Inactive'): Promise<boolean> {
    const { affected } = await tx.manager.update(AccessKeyEntity, { id, principal: user.id }, { status });
    return affected === 1;
  }

  /** @returns whether the user had such a key */
  async remove(tx: Tx, user: PrincipalEntity, id: string): Promise<boolean> {
    const { affected } = await tx.manager.delete(AccessKeyEntity, { id, principal: user.id });
    return affected === 1;
  }
}

/** What the ciphertext is bound to: moved to another row it does not open. */
function secretOf(accessKeyId: string): string {
  return `access-key/${accessKeyId}`;
}
