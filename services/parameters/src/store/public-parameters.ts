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
    const scope = publicScope({ region });
    const kept = await this.kept(tx, scope, parameters);
    const fresh = parameters.filter(({ path }) => !kept.has(path));
    const changed = parameters.flatMap(({ path, value }) => {
      const one = kept.get(path);
      return one && one.value !== value ? [{ id: one.id, value }] : [];
    });
    if (fresh.length > 0) await this.make(tx, scope, fresh, author);
    if (changed.length > 0) await this.change(tx, changed, author);
    return fresh.length + changed.length;
  }

  private async kept(
    tx: Tx,
    { account, region }: Scope,
    parameters: readonly PublicParameter[],
  ): Promise<Map<string, { id: string; value: string }>> {
    // One look into the index for each: joined plainly, the planner may compare all with all.
    const rows = await tx.named<{ id: string; path: string; value: string }>(
      'public_parameter.kept',
      `SELECT p.id, p.path, v.value FROM unnest($3::text[]) AS given (path)
       CROSS JOIN LATERAL (
         SELECT id, path, version FROM parameter
         WHERE account = $1 AND region = $2 AND path = given.path COLLATE "C" LIMIT 1
       ) p
       CROSS JOIN LATERAL (
         SELECT value FROM parameter_version WHERE parameter_id = p.id AND number = p.version LIMIT 1
       ) v`,
      [account, region, parameters.map(({ path }) => path)],
    );
    return new Map(rows.map(({ path, ...row }) => [path, row]));
  }

  private async make(
    tx: Tx,
    { account, region }: Scope,
    parameters: readonly PublicParameter[],
    author: Author,
  ): Promise<void> {
    await tx.named(
      'public_parameter.make',
      `WITH given AS (
         SELECT * FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[]) AS given (id, path, parent, value)
       ), made AS (
         INSERT INTO parameter (id, account, region, path, parent, name, version, tags, created_at)
         SELECT id, $1, $2, path, parent, path, 1, '{}', $3 FROM given
         ON CONFLICT (account, region, path) DO NOTHING RETURNING id
       )
       INSERT INTO parameter_version (parameter_id, number, type, value, tier, data_type, last_modified_at, last_modified_by)
       SELECT id, 1, 'String', value, 'Standard', 'text', $3, $4 FROM made JOIN given USING (id)`,
      [
        account,
        region,
        author.at,
        author.arn,
        parameters.map(() => this.ids.uuid()),
        parameters.map(({ path }) => path),
        parameters.map(({ path }) => parentOf(path)),
        parameters.map(({ value }) => value),
      ],
    );
  }

  private async change(tx: Tx, changed: readonly { id: string; value: string }[], author: Author): Promise<void> {
    await tx.named(
      'public_parameter.change',
      `WITH changed AS (
         UPDATE parameter p SET version = p.version + 1
         FROM unnest($3::uuid[], $4::text[]) AS given (id, value) WHERE p.id = given.id
         RETURNING p.id, p.version, given.value
       )
       INSERT INTO parameter_version (parameter_id, number, type, value, tier, data_type, last_modified_at, last_modified_by)
       SELECT id, version, 'String', value, 'Standard', 'text', $1, $2 FROM changed`,
      [author.at, author.arn, changed.map(({ id }) => id), changed.map(({ value }) => value)],
    );
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
