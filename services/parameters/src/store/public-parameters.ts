import { Database, Ids, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { type Scope, parentOf, publicScope } from '../domain/parameter-name.js';
import type { PublicParameter } from '../domain/public-parameters.js';
import type { Author } from './parameter-changes.js';

/** Public parameters by the thousand, and which catalogues of them were loaded. */
@Injectable()
export class PublicParameters {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** The hash of the catalogue that was loaded last. */
  async loadedHash(region: string, name: string): Promise<string | undefined> {
    const [row] = await this.database.named<{ hash: string }>(
      'public_catalogue.hash',
      'SELECT hash FROM public_catalogue WHERE region = $1 AND name = $2',
      [region, name],
    );
    return row?.hash;
  }

  async markLoaded(tx: Tx, region: string, name: string, hash: string, at: Date): Promise<void> {
    await tx.named(
      'public_catalogue.mark',
      `INSERT INTO public_catalogue (region, name, hash, loaded_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (region, name) DO UPDATE SET hash = excluded.hash, loaded_at = excluded.loaded_at`,
      [region, name, hash, at],
    );
  }

  /** Makes what is not there, and gives a new version to what has another value. @returns how many that were */
  async publish(tx: Tx, region: string, parameters: readonly PublicParameter[], author: Author): Promise<number> {
    const { account } = publicScope({ region });
    const columns = [
      account,
      region,
      author.at,
      author.arn,
      parameters.map(({ path }) => path),
      parameters.map(({ value }) => value),
    ];
    const changed = await tx.named(
      'public_parameter.change',
      `WITH changed AS (
         UPDATE parameter p SET version = p.version + 1
         FROM unnest($5::text[], $6::text[]) AS given (path, value), parameter_version v
         WHERE p.account = $1 AND p.region = $2 AND p.path = given.path COLLATE "C"
           AND v.parameter_id = p.id AND v.number = p.version AND v.value <> given.value
         RETURNING p.id, p.version, given.value
       )
       INSERT INTO parameter_version (parameter_id, number, type, value, tier, data_type, last_modified_at, last_modified_by)
       SELECT id, version, 'String', value, 'Standard', 'text', $3, $4 FROM changed RETURNING number`,
      columns,
    );
    const made = await tx.named(
      'public_parameter.make',
      `WITH given AS (
         SELECT * FROM unnest($5::text[], $6::text[], $7::text[], $8::uuid[]) AS given (path, value, parent, id)
       ), made AS (
         INSERT INTO parameter (id, account, region, path, parent, name, version, tags, created_at, standard)
         SELECT id, $1, $2, path, parent, path, 1, '{}', $3, true FROM given
         ON CONFLICT (account, region, path) DO NOTHING RETURNING id
       )
       INSERT INTO parameter_version (parameter_id, number, type, value, tier, data_type, last_modified_at, last_modified_by)
       SELECT id, 1, 'String', value, 'Standard', 'text', $3, $4 FROM made JOIN given USING (id) RETURNING number`,
      [...columns, parameters.map(({ path }) => parentOf(path)), parameters.map(() => this.ids.uuid())],
    );
    return changed.length + made.length;
  }

  /** Whether anything lies below a folder, `/aws/service/ami/`. */
  async isEmpty(tx: Tx, scope: Scope, folder: string): Promise<boolean> {
    const found = await tx.named(
      'public_parameter.below',
      `SELECT path FROM parameter WHERE account = $1 AND region = $2 AND path > $3 AND path < $4 LIMIT 1`,
      [scope.account, scope.region, folder, `${folder.slice(0, -1)}0`],
    );
    return found.length === 0;
  }
}
