import { type KeyMaterial, Envelope } from '@muster/keys';
import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { KeyFacts } from '../domain/key-metadata.js';
import { type KeyReference, type RingScope, keyArn } from '../domain/key-reference.js';

/** A key as it lies in the ring. */
export interface StoredKey extends KeyFacts {
  readonly region: string;
  readonly policy: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The newest of its material. */
  readonly version: number;
  readonly rotationDays: number | null;
  readonly nextRotationAt: Date | null;
  /** Names of aliases, 50 at most. */
  readonly aliases: readonly string[];
}

/** A version of a key's material, sealed under the root key. */
export interface StoredMaterial {
  readonly version: number;
  readonly materialId: string;
  readonly sealed: string;
}

/** What was found, and the revision that this was true at. */
export interface FoundKey {
  readonly revision: bigint;
  readonly key?: StoredKey;
  /** Of the version that was asked for, or the newest; absent when there is no such version. */
  readonly material?: StoredMaterial;
}

type Row = Omit<StoredKey, 'arn'> & {
  readonly revision: string;
  readonly materialVersion: number | null;
  readonly materialId: string;
  readonly sealed: string;
};

const KEY = `k.id, k.account, k.region, k.manager, k.description, k.state, k.policy, k.tags, k.version,
  k.rotation_days AS "rotationDays", k.next_rotation_at AS "nextRotationAt", k.deletion_at AS "deletionAt",
  k.created_at AS "createdAt",
  (SELECT n.material_id FROM kms_key_version n WHERE n.key_id = k.id AND n.version = k.version) AS "currentMaterialId",
  array(SELECT a.name FROM kms_alias a WHERE a.key_id = k.id ORDER BY a.name LIMIT 50) AS aliases`;
const MATERIAL = `v.version AS "materialVersion", v.material_id AS "materialId", v.sealed_material AS sealed`;

const BY_ID = `SELECT r.value AS revision, ${KEY}, ${MATERIAL}
  FROM revision r
  LEFT JOIN kms_key k ON k.id = $1 AND k.region = $2 AND k.account = coalesce($3, k.account)
  LEFT JOIN kms_key_version v ON v.key_id = k.id AND v.version = coalesce($4, k.version)`;
const BY_ALIAS = `SELECT r.value AS revision, ${KEY}, ${MATERIAL}
  FROM revision r
  LEFT JOIN kms_alias n ON n.account = $1 AND n.region = $2 AND n.name = $3
  LEFT JOIN kms_key k ON k.id = n.key_id
  LEFT JOIN kms_key_version v ON v.key_id = k.id AND v.version = coalesce($4, k.version)`;

/** Keys, the versions of their material and their aliases. The material lies here sealed, bound to key and version. */
@Injectable()
export class KeyRing {
  constructor(
    private readonly database: Database,
    private readonly envelope: Envelope,
  ) {}

  /** One statement: key, alias and revision are of the same moment. */
  async find(reference: KeyReference, version?: number): Promise<FoundKey> {
    const { account, region } = reference;
    const rows =
      reference.kind === 'key'
        ? await this.database.named<Row>('kms_key_by_id', BY_ID, [reference.id, region, account, version ?? null])
        : await this.database.named<Row>('kms_key_by_alias', BY_ALIAS, [
            account,
            region,
            reference.name,
            version ?? null,
          ]);
    return found(rows[0]!);
  }

  /** Whoever's it is: for a ciphertext, which names its key and no account. */
  async findById(id: string, region: string, version: number): Promise<FoundKey> {
    const rows = await this.database.named<Row>('kms_key_by_id', BY_ID, [id, region, null, version]);
    return found(rows[0]!);
  }

  /** Works with the material of a version, and overwrites it afterwards. */
  withMaterial<R>(key: { readonly id: string }, stored: StoredMaterial, use: (material: KeyMaterial) => R): R {
    const material = this.unseal(key.id, stored);
    try {
      return use({ keyId: key.id, version: stored.version, material });
    } finally {
      material.fill(0);
    }
  }

  /** The material itself. Whoever gets it overwrites it. */
  unseal(keyId: string, stored: StoredMaterial): Uint8Array {
    return this.envelope.open(stored.sealed, materialOf(keyId, stored.version));
  }

  /** By id, in pages. */
  async list({ account, region }: RingScope, after: string, limit: number): Promise<{ id: string }[]> {
    return this.database.query(
      'SELECT id FROM kms_key WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4',
      [account, region, after, limit],
    );
  }

  async add(tx: Queries, key: NewKey, material: Uint8Array): Promise<void> {
    await tx.query(
      `INSERT INTO kms_key (id, account, region, manager, description, state, policy, tags, version, rotation_days,
                            next_rotation_at, created_at)
       VALUES ($1, $2, $3, $4, $5, 'Enabled', $6, $7, 1, $8, $9, $10)`,
      [
        key.id,
        key.account,
        key.region,
        key.manager,
        key.description,
        key.policy,
        JSON.stringify(key.tags),
        key.rotationDays ?? null,
        key.nextRotationAt ?? null,
        key.createdAt,
      ],
    );
    await this.addMaterial(tx, key.id, { version: 1, materialId: key.materialId, material, at: key.createdAt });
  }

  /** Locks a key until the end of the transaction, as it is now; undefined when it is gone. */
  async lock(tx: Queries, id: string): Promise<StoredKey | undefined> {
    await tx.query('SELECT FROM kms_key WHERE id = $1 FOR UPDATE', [id]);
    // A statement of its own: joined, aliases and material would be those of before the lock was granted.
    const [row] = await tx.query<Omit<StoredKey, 'arn'>>(`SELECT ${KEY} FROM kms_key k WHERE k.id = $1`, [id]);
    return row && { ...row, arn: keyArn(row, row.id) };
  }

  /** Changes what is given. The key is locked. */
  async change(tx: Queries, id: string, change: KeyChange): Promise<void> {
    const columns = Object.entries(change).map(([name, value]) => ({
      column: COLUMNS[name as keyof KeyChange],
      value: name === 'tags' ? JSON.stringify(value) : (value as unknown),
    }));
    const set = columns.map(({ column }, index) => `${column} = $${index + 2}`).join(', ');
    await tx.query(`UPDATE kms_key SET ${set} WHERE id = $1`, [id, ...columns.map(({ value }) => value)]);
  }

  /** Makes the next version of a key's material the current one. The key is locked. */
  async rotate(
    tx: Queries,
    key: StoredKey,
    next: NewMaterial & { rotation: 'AUTOMATIC' | 'ON_DEMAND' },
  ): Promise<void> {
    const version = key.version + 1;
    await this.addMaterial(tx, key.id, { ...next, version });
    await tx.query('UPDATE kms_key SET version = $2 WHERE id = $1', [key.id, version]);
  }

  /** Of its material, beginning with the newest before `before`. */
  async versions(id: string, before: number, limit: number): Promise<MaterialVersion[]> {
    return this.database.query(
      `SELECT version, material_id AS "materialId", rotation, created_at AS "createdAt" FROM kms_key_version
        WHERE key_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3`,
      [id, before, limit],
    );
  }

  async countOnDemand(tx: Queries, id: string): Promise<number> {
    const [row] = await tx.query<{ count: string }>(
      `SELECT count(*) FROM kms_key_version WHERE key_id = $1 AND rotation = 'ON_DEMAND'`,
      [id],
    );
    return Number(row!.count);
  }

  /** Locks the keys whose rotation is due. */
  async lockDueForRotation(tx: Queries, now: Date, limit: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM kms_key WHERE state = 'Enabled' AND next_rotation_at <= $1
        ORDER BY next_rotation_at LIMIT $2 FOR UPDATE`,
      [now, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Removes the keys whose deletion is due: their material and their aliases go with them. */
  async removeDue(tx: Queries, now: Date, limit: number): Promise<(RingScope & { id: string; arn: string })[]> {
    const rows = await tx.query<RingScope & { id: string }>(
      `DELETE FROM kms_key WHERE id IN (
         SELECT id FROM kms_key WHERE state = 'PendingDeletion' AND deletion_at <= $1
          ORDER BY deletion_at LIMIT $2 FOR UPDATE)
       RETURNING id, account, region`,
      [now, limit],
    );
    return rows.map((row) => ({ ...row, arn: keyArn(row, row.id) }));
  }

  private async addMaterial(
    tx: Queries,
    keyId: string,
    next: NewMaterial & { version: number; rotation?: string },
  ): Promise<void> {
    const sealed = this.envelope.seal(next.material, materialOf(keyId, next.version));
    await tx.query(
      `INSERT INTO kms_key_version (key_id, version, material_id, sealed_material, rotation, created_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [keyId, next.version, next.materialId, sealed, next.rotation ?? null, next.at],
    );
    next.material.fill(0);
  }
}

/** A key that is to be. */
export interface NewKey extends RingScope {
  readonly id: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly description: string;
  readonly policy: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly rotationDays?: number;
  readonly nextRotationAt?: Date;
  readonly createdAt: Date;
  readonly materialId: string;
}

/** Material that is to be; it is overwritten once it is sealed. */
export interface NewMaterial {
  readonly materialId: string;
  readonly material: Uint8Array;
  readonly at: Date;
}

/** A version of the material, without it. */
export interface MaterialVersion {
  readonly version: number;
  readonly materialId: string;
  readonly rotation: 'AUTOMATIC' | 'ON_DEMAND' | null;
  readonly createdAt: Date;
}

/** What of a key can change. */
export interface KeyChange {
  readonly state?: StoredKey['state'];
  readonly policy?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly rotationDays?: number | null;
  readonly nextRotationAt?: Date | null;
  readonly deletionAt?: Date | null;
}

const COLUMNS: Record<keyof KeyChange, string> = {
  state: 'state',
  policy: 'policy',
  description: 'description',
  tags: 'tags',
  rotationDays: 'rotation_days',
  nextRotationAt: 'next_rotation_at',
  deletionAt: 'deletion_at',
};

function found({ revision, materialVersion, materialId, sealed, ...key }: Row): FoundKey {
  // The outer join gives nulls where there is no key.
  if ((key.id as string | null) === null) return { revision: BigInt(revision) };
  return {
    revision: BigInt(revision),
    key: { ...key, arn: keyArn(key, key.id) },
    ...(materialVersion !== null && { material: { version: materialVersion, materialId, sealed } }),
  };
}

/** What the material is bound to: moved to another row it does not open. */
function materialOf(keyId: string, version: number): string {
  return `kms-key/${keyId}/${version}`;
}
