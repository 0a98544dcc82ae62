import type { ParameterType } from '@aws-sdk/client-ssm';
import { Database, type Queries, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { type Scope, parentOf } from '../domain/parameter-name.js';

/** A parameter that is to be moved, with all that is sealed in it. */
export interface MovableParameter {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly version: number;
  readonly type: ParameterType;
  readonly description: string | null;
  readonly tags: Record<string, string>;
  readonly shared: boolean;
}

/** A secret, as it is kept. */
export interface SealedVersion {
  readonly parameterId: string;
  readonly number: number;
  readonly type: ParameterType;
  readonly value: string;
  readonly keyId: string;
}

/** Moving parameters: the row keeps its id, and with it versions, labels, policies and tags. */
@Injectable()
export class ParameterMoves {
  constructor(private readonly database: Database) {}

  /** The parameter of this path and, when asked for, those in all levels below. */
  async subtree(scope: Scope, path: string, recursive: boolean, most: number): Promise<MovableParameter[]> {
    return this.find(this.database, scope, path, recursive, most);
  }

  /** The same, locked. */
  async lock(tx: Tx, scope: Scope, path: string, recursive: boolean, most: number): Promise<MovableParameter[]> {
    await tx.named(
      'move.lock',
      `SELECT id FROM parameter WHERE account = $1 AND region = $2 AND (path = $3 OR ($4 AND path > $5 AND path < $6))
       ORDER BY path LIMIT $7 FOR UPDATE`,
      [scope.account, scope.region, ...range(path, recursive), most],
    );
    // A statement of its own: it sees what was committed before the locks were granted.
    return this.find(tx, scope, path, recursive, most);
  }

  /** Secrets of these parameters, all versions. */
  async sealed(queries: Queries, ids: readonly string[], most: number): Promise<SealedVersion[]> {
    return queries.named<SealedVersion>(
      'move.sealed',
      `SELECT parameter_id AS "parameterId", number, type, value, key_id AS "keyId" FROM parameter_version
       WHERE parameter_id = ANY ($1) AND key_id IS NOT NULL ORDER BY parameter_id, number LIMIT $2`,
      [[...ids], most],
    );
  }

  /** Which of these paths are taken. */
  async taken(queries: Queries, scope: Scope, paths: readonly string[]): Promise<string[]> {
    const rows = await queries.named<{ path: string }>(
      'move.taken',
      `SELECT path FROM parameter WHERE account = $1 AND region = $2 AND path = ANY ($3) ORDER BY path`,
      [scope.account, scope.region, [...paths]],
    );
    return rows.map((each) => each.path);
  }

  /** Gives parameters other names, and remembers on which tags the disappearing of the old ones is decided. */
  async rename(tx: Tx, moves: readonly { id: string; path: string; name: string }[]): Promise<void> {
    await tx.named(
      'move.rename',
      `WITH gone AS (SELECT account, region, path, tags FROM parameter WHERE id = ANY ($1::uuid[])),
            remembered AS (
              INSERT INTO gone_parameter (account, region, path, tags, gone_at)
              SELECT account, region, path, tags, clock_timestamp() FROM gone
              ON CONFLICT (account, region, path) DO UPDATE SET tags = excluded.tags, gone_at = excluded.gone_at
            )
       UPDATE parameter SET path = move.path, parent = move.parent, name = move.name
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS move (id, path, parent, name)
       WHERE parameter.id = move.id`,
      [
        moves.map((each) => each.id),
        moves.map((each) => each.path),
        moves.map((each) => parentOf(each.path)),
        moves.map((each) => each.name),
      ],
    );
  }

  /** Secrets, sealed for their new names. */
  async reseal(tx: Tx, versions: readonly Pick<SealedVersion, 'parameterId' | 'number' | 'value'>[]): Promise<void> {
    if (versions.length === 0) return;
    await tx.named(
      'move.reseal',
      `UPDATE parameter_version v SET value = sealed.value
       FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS sealed (parameter_id, number, value)
       WHERE v.parameter_id = sealed.parameter_id AND v.number = sealed.number`,
      [
        versions.map((each) => each.parameterId),
        versions.map((each) => each.number),
        versions.map((each) => each.value),
      ],
    );
  }

  private async find(queries: Queries, scope: Scope, path: string, recursive: boolean, most: number) {
    return queries.named<MovableParameter>(
      'move.subtree',
      `SELECT p.id, p.name, p.path, p.version, v.type, v.description, p.tags, p.resource_policies IS NOT NULL AS shared
       FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       WHERE p.account = $1 AND p.region = $2 AND (p.path = $3 OR ($4 AND p.path > $5 AND p.path < $6))
       ORDER BY p.path LIMIT $7`,
      [scope.account, scope.region, ...range(path, recursive), most],
    );
  }
}

/** The range of a prefix: `/` is followed by `0` in code points. */
function range(path: string, recursive: boolean): unknown[] {
  const below = path === '/' ? '' : path;
  return [path, recursive, `${below}/`, `${below}0`];
}
