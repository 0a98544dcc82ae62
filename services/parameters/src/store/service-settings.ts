import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Scope } from '../domain/parameter-name.js';
import type { StoredSetting } from '../domain/service-settings.js';

/** What accounts have set. */
@Injectable()
export class ServiceSettings {
  constructor(private readonly database: Database) {}

  /** Undefined: nothing, the default holds. */
  async find({ account, region }: Scope, id: string): Promise<StoredSetting | undefined> {
    const [row] = await this.database.named<StoredSetting>(
      'service_setting.find',
      `SELECT value, last_modified_at AS "modifiedAt", last_modified_by AS "modifiedBy"
       FROM service_setting WHERE account = $1 AND region = $2 AND id = $3`,
      [account, region, id],
    );
    return row;
  }

  async set(tx: Tx, { account, region }: Scope, id: string, { value, modifiedAt, modifiedBy }: StoredSetting) {
    await tx.named(
      'service_setting.set',
      `INSERT INTO service_setting (account, region, id, value, last_modified_at, last_modified_by)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (account, region, id) DO UPDATE
         SET value = excluded.value, last_modified_at = excluded.last_modified_at,
             last_modified_by = excluded.last_modified_by`,
      [account, region, id, value, modifiedAt, modifiedBy],
    );
  }

  /** @returns whether there was anything to forget */
  async reset(tx: Tx, { account, region }: Scope, id: string): Promise<boolean> {
    const gone = await tx.named(
      'service_setting.reset',
      'DELETE FROM service_setting WHERE account = $1 AND region = $2 AND id = $3 RETURNING id',
      [account, region, id],
    );
    return gone.length > 0;
  }
}
