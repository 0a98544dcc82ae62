import type { ParameterType } from '@aws-sdk/client-ssm';
import type { PolicyDocument } from '@muster/iam';
import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { PathFilters } from '../domain/path-query.js';
import type { Scope } from '../domain/parameter-name.js';
import type { Reference } from '../domain/reference.js';
import { type KeptPolicy, policyOf } from '../domain/resource-policies.js';
import type { StoredTier } from '../domain/tier.js';
import { GatheredReads } from './gathered-reads.js';

/** A parameter in one of its versions. */
export interface FoundParameter {
  /** Whose it is. */
  readonly owner: Scope;
  readonly name: string;
  readonly path: string;
  readonly tags: Record<string, string>;
  /** Its resource policies as one: what the owner allows to other accounts. */
  readonly policy: PolicyDocument | undefined;
  /** Absent when the parameter is there and the version is not. */
  readonly version: FoundVersion | undefined;
}

export interface FoundVersion {
  readonly number: number;
  readonly type: ParameterType;
  /** Sealed, when it is a SecureString: `ParameterCipher` opens it. */
  readonly value: string;
  /** As it was given; of a SecureString only. */
  readonly keyId: string | null;
  readonly dataType: string;
  readonly modifiedAt: Date;
}

/** A version with all that is remembered about it. */
export interface HistoricVersion extends FoundVersion {
  readonly tier: StoredTier;
  readonly description: string | null;
  readonly allowedPattern: string | null;
  readonly modifiedBy: string;
  readonly labels: readonly string[];
}

/** What is known of a parameter before it is written. */
export interface CurrentParameter {
  readonly tags: Record<string, string>;
  readonly type: ParameterType;
  readonly tier: StoredTier;
  readonly keyId: string | null;
  readonly allowedPattern: string | null;
}

interface Row extends Omit<FoundVersion, 'number'> {
  readonly name: string;
  readonly path: string;
  readonly tags: Record<string, string>;
  readonly resourcePolicies: readonly KeptPolicy[] | null;
  readonly number: number | null;
}

const FOUND = `p.name, p.path, p.tags, p.resource_policies AS "resourcePolicies", v.number, v.type, v.value, v.key_id AS "keyId",
               v.data_type AS "dataType", v.last_modified_at AS "modifiedAt"`;

/** Reading parameters: each read is one statement, with what the decision on it needs. */
@Injectable()
export class Parameters {
  private readonly reads = new GatheredReads<Reference, FoundParameter | undefined>((group, references) => {
    const [account = '', region = ''] = group.split('/');
    return this.read({ account, region }, references);
  });

  constructor(private readonly database: Database) {}

  /** What references name, in their order; undefined where there is nothing. */
  async find(references: readonly Reference[]): Promise<(FoundParameter | undefined)[]> {
    const owners = new Map<string, Reference[]>();
    for (const each of references) {
      const group = `${each.owner.account}/${each.owner.region}`;
      owners.set(group, [...(owners.get(group) ?? []), each]);
    }
    const [only, ...more] = owners;
    if (only && more.length === 0) return this.reads.ask(...only);

    const answers = await Promise.all([...owners].map(([group, asked]) => this.reads.ask(group, asked)));
    const found = new Map([...owners.values()].flatMap((asked, i) => asked.map((each, j) => [each, answers[i]![j]])));
    return references.map((each) => found.get(each));
  }

  private async read(scope: Scope, references: readonly Reference[]): Promise<(FoundParameter | undefined)[]> {
    const rows = await this.database.named<Row & { place: number }>(
      'parameter.find',
      `SELECT ask.place, ${FOUND}
       FROM unnest($3::text[], $4::bigint[], $5::text[]) WITH ORDINALITY AS ask (path, number, label, place)
       JOIN parameter p ON p.account = $1 AND p.region = $2 AND p.path = ask.path COLLATE "C"
       LEFT JOIN parameter_version v ON v.parameter_id = p.id AND v.number =
         CASE WHEN ask.label IS NULL THEN coalesce(ask.number, p.version)
              ELSE (SELECT l.number FROM parameter_label l WHERE l.parameter_id = p.id AND l.label = ask.label COLLATE "C")
         END`,
      [
        scope.account,
        scope.region,
        references.map((each) => each.path),
        references.map((each) => each.version ?? null),
        references.map((each) => each.label ?? null),
      ],
    );
    const found: (FoundParameter | undefined)[] = references.map(() => undefined);
    for (const row of rows) found[row.place - 1] = asFound(scope, row);
    return found.map((each, index) => (references[index]!.elsewhere ? undefined : each));
  }

  /** What is known of a path before it is written. */
  async current(scope: Scope, path: string): Promise<CurrentParameter | undefined> {
    const [row] = await this.database.named<CurrentParameter>(
      'parameter.current',
      `SELECT p.tags, v.type, v.tier, v.key_id AS "keyId", v.allowed_pattern AS "allowedPattern"
       FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       WHERE p.account = $1 AND p.region = $2 AND p.path = $3`,
      [scope.account, scope.region, path],
    );
    return row;
  }

  /** Parameters below a level, by path, behind a position. */
  async below(
    scope: Scope,
    level: string,
    how: { recursive: boolean; filters: PathFilters; after: string | undefined; most: number },
  ): Promise<FoundParameter[]> {
    if (how.filters.nothing) return [];
    const prefix = level === '/' ? '/' : `${level}/`;
    const after = how.after !== undefined && how.after > prefix ? how.after : prefix;
    const types = how.filters.types ?? null;
    const rows = how.recursive
      ? await this.database.named<Row>(
          'parameter.below',
          // The range of a prefix: `/` is followed by `0` in code points.
          `SELECT ${FOUND} FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
           WHERE p.account = $1 AND p.region = $2 AND p.path > $3 AND p.path < $4
             AND ($5::text[] IS NULL OR v.type = ANY ($5))
           ORDER BY p.path LIMIT $6`,
          [scope.account, scope.region, after, `${prefix.slice(0, -1)}0`, types, how.most],
        )
      : await this.database.named<Row>(
          'parameter.in_level',
          `SELECT ${FOUND} FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
           WHERE p.account = $1 AND p.region = $2 AND p.parent = $4 AND p.path > $3
             AND ($5::text[] IS NULL OR v.type = ANY ($5))
           ORDER BY p.path LIMIT $6`,
          [scope.account, scope.region, after, level, types, how.most],
        );
    return rows.map((row) => asFound(scope, row));
  }

  /** Versions of a parameter, oldest first, behind a number. */
  async history(scope: Scope, path: string, after: number, most: number): Promise<HistoricVersion[]> {
    return this.database.named<HistoricVersion>(
      'parameter.history',
      `SELECT v.number, v.type, v.value, v.key_id AS "keyId", v.data_type AS "dataType", v.last_modified_at AS "modifiedAt", v.tier,
              v.description, v.allowed_pattern AS "allowedPattern", v.last_modified_by AS "modifiedBy",
              ARRAY(SELECT l.label FROM parameter_label l
                    WHERE l.parameter_id = p.id AND l.number = v.number ORDER BY l.label) AS labels
       FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id
       WHERE p.account = $1 AND p.region = $2 AND p.path = $3 AND v.number > $4
       ORDER BY v.number LIMIT $5`,
      [scope.account, scope.region, path, after, most],
    );
  }
}

function asFound({ account, region }: Scope, row: Row): FoundParameter {
  const { name, path, tags, number, type, value, keyId, dataType, modifiedAt } = row;
  return {
    owner: { account, region },
    name,
    path,
    tags,
    policy: row.resourcePolicies ? policyOf(row.resourcePolicies) : undefined,
    version: number === null ? undefined : { number, type, value, keyId, dataType, modifiedAt },
  };
}
