import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Scope } from '../domain/parameter-name.js';
import type { HistoricVersion } from './parameters.js';
import { POLICIES } from './parameter-policies.js';

/** A parameter in its newest version, with all that is remembered about it. */
export interface WholeParameter extends HistoricVersion {
  readonly name: string;
  readonly path: string;
  readonly tags: Record<string, string>;
}

const WHOLE = `p.name, p.path, p.tags, v.number, v.type, v.value, v.key_id AS "keyId", v.data_type AS "dataType",
               v.last_modified_at AS "modifiedAt", v.tier, v.description, v.allowed_pattern AS "allowedPattern",
               v.last_modified_by AS "modifiedBy",
               ARRAY(SELECT l.label FROM parameter_label l
                     WHERE l.parameter_id = p.id AND l.number = v.number ORDER BY l.label) AS labels,
               ${POLICIES} AS policies`;

/** Parameters as wholes, for documents that hold many. */
@Injectable()
export class ParameterCopies {
  constructor(private readonly database: Database) {}

  /** The parameter of this path and those in all levels below, by path, behind one. */
  async page(scope: Scope, path: string, after: string, most: number): Promise<WholeParameter[]> {
    const below = path === '/' ? '' : path;
    return this.database.named<WholeParameter>(
      'copy.page',
      `SELECT ${WHOLE} FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       WHERE p.account = $1 AND p.region = $2 AND (p.path = $3 OR (p.path > $4 AND p.path < $5)) AND p.path > $6
       ORDER BY p.path LIMIT $7`,
      [scope.account, scope.region, path, `${below}/`, `${below}0`, after, most],
    );
  }

  /** Those of these paths that there are. */
  async of(scope: Scope, paths: readonly string[]): Promise<Map<string, WholeParameter>> {
    const rows = await this.database.named<WholeParameter>(
      'copy.of',
      `SELECT ${WHOLE} FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       WHERE p.account = $1 AND p.region = $2 AND p.path = ANY ($3)`,
      [scope.account, scope.region, [...paths]],
    );
    return new Map(rows.map((each) => [each.path, each]));
  }
}
