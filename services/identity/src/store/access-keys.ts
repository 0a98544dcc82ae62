import { Envelope } from '@muster/keys';
import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { NewAccessKey } from '../domain/new-credentials.js';
import { AccessKeyEntity } from './access-key.entity.js';
import type { Principal } from './principals.js';
import { boundTo } from './sealed-secrets.js';

/** Whose a key is and when it was used last; nulls: never. */
export interface KeyUse {
  readonly userName: string;
  readonly at: Date | null;
  readonly region: string | null;
  readonly service: string | null;
}

/** Long-term access keys; their secrets lie here encrypted, bound to the id of the key. */
@Injectable()
export class AccessKeys {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
  ) {}

  /** Which of these are active, and the revision that this was true at. */
  async activeAmong(accessKeyIds: readonly string[]): Promise<{ revision: bigint; active: string[] }> {
    const [row] = await this.database.named<{ revision: string; active: string[] }>(
      'access_key_active_among',
      `SELECT r.value AS revision,
              array(SELECT k.id FROM access_key k WHERE k.id = ANY ($1) AND k.status = 'Active') AS active
         FROM revision r`,
      [[...accessKeyIds]],
    );
    return { revision: BigInt(row!.revision), active: row!.active };
  }

  async add(tx: Tx, user: Pick<Principal, 'id'>, key: NewAccessKey, createdAt: Date): Promise<void> {
    await tx.manager.insert(AccessKeyEntity, {
      id: key.accessKeyId,
      principal: user.id,
      sealedSecret: this.envelope.seal(
        Buffer.from(key.secretAccessKey, 'utf8'),
        boundTo('access-key', key.accessKeyId),
      ),
      status: 'Active',
      createdAt,
    });
  }

  async count(tx: Tx, user: Principal): Promise<number> {
    return tx.manager.countBy(AccessKeyEntity, { principal: user.id });
  }

  /** By id, in pages; their secrets stay where they are. */
  async list(user: Principal, after: string, limit: number): Promise<Omit<AccessKeyEntity, 'sealedSecret'>[]> {
    return this.database.query(
      `SELECT id, principal, status, created_at AS "createdAt" FROM access_key
        WHERE principal = $1 AND id > $2 ORDER BY id LIMIT $3`,
      [user.id, after, limit],
    );
  }

  /** What is known of a key of this account. */
  async useOf(account: string, id: string): Promise<KeyUse | undefined> {
    const [found] = await this.database.query<KeyUse>(
      `SELECT p.name AS "userName", u.at, u.region, u.service
         FROM access_key k JOIN principal p ON p.id = k.principal LEFT JOIN access_key_use u ON u.access_key = k.id
        WHERE k.id = $2 AND p.account = $1`,
      [account, id],
    );
    return found;
  }

  /** An older use, overtaken on the way, changes nothing. */
  async noteUse(
    uses: readonly { accessKeyId: string; region: string; service: string; atMs: bigint }[],
  ): Promise<void> {
    await this.database.named(
      'access_key_note_use',
      `INSERT INTO access_key_use AS known (access_key, region, service, at)
       SELECT k.id, asked.region, asked.service, to_timestamp(asked.ms / 1000)
         FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS asked (id, region, service, ms)
         JOIN access_key k ON k.id = asked.id
       ON CONFLICT (access_key) DO UPDATE SET region = excluded.region, service = excluded.service, at = excluded.at
         WHERE known.at < excluded.at`,
      [
        uses.map((use) => use.accessKeyId),
        uses.map((use) => use.region),
        uses.map((use) => use.service),
        uses.map((use) => String(use.atMs)),
      ],
    );
  }

  /** @returns whether the user has such a key */
  async setStatus(tx: Tx, user: Principal, id: string, status: 'Active' | 'Inactive'): Promise<boolean> {
    const { affected } = await tx.manager.update(AccessKeyEntity, { id, principal: user.id }, { status });
    return affected === 1;
  }

  /** @returns whether the user had such a key */
  async remove(tx: Tx, user: Principal, id: string): Promise<boolean> {
    const { affected } = await tx.manager.delete(AccessKeyEntity, { id, principal: user.id });
    return affected === 1;
  }
}
