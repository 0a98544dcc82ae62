import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import type { PolicyDocument } from '@muster/iam';
import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Scope } from '../domain/parameter-name.js';
import type { ScheduledPolicy } from '../domain/parameter-policies.js';
import type { ParameterQuery } from '../domain/parameter-query.js';
import type { Reference } from '../domain/reference.js';
import { type KeptPolicy, policyOf } from '../domain/resource-policies.js';
import { DEFAULT_TIER } from '../domain/service-settings.js';
import type { StoredTier } from '../domain/tier.js';
import { GatheredReads } from './gathered-reads.js';
import { POLICIES } from './parameter-policies.js';
import { ParameterScan, type ScanPage, type ScanPosition } from './parameter-scan.js';

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
  readonly policies: readonly Pick<ScheduledPolicy, 'type' | 'text' | 'status'>[];
}

/** What is known of a parameter and its newest version beside the value. */
export interface DescribedParameter extends Omit<HistoricVersion, 'value' | 'labels'> {
  /** Empty: it is public. */
  readonly account: string;
  readonly name: string;
  readonly path: string;
}

/** What is known of a parameter before it is written. */
export interface CurrentParameter {
  readonly tags: Record<string, string>;
  readonly type: ParameterType;
  readonly tier: StoredTier;
  readonly keyId: string | null;
  readonly dataType: string;
  readonly allowedPattern: string | null;
}

type CurrentRow = Partial<CurrentParameter> & { readonly defaultTier: ParameterTier };

interface Row extends Omit<FoundVersion, 'number'> {
  readonly name: string;
  readonly path: string;
  readonly tags: Record<string, string>;
  readonly resourcePolicies: readonly KeptPolicy[] | null;
  readonly number: number | null;
}

const FOUND = `p.account, p.name, p.path, p.tags, p.resource_policies AS "resourcePolicies", v.number, v.type, v.value, v.key_id AS "keyId",
               v.data_type AS "dataType", v.last_modified_at AS "modifiedAt"`;

/** Columns of a parameter (`p`) and its version (`v`) beside the value. */
export const DESCRIBED = `p.account, p.name, p.path, v.number, v.type, v.key_id AS "keyId", v.data_type AS "dataType", v.tier,
                   v.last_modified_at AS "modifiedAt", v.description, v.allowed_pattern AS "allowedPattern",
                   v.last_modified_by AS "modifiedBy", ${POLICIES} AS policies`;

/** Reading parameters: each read is one statement, with what the decision on it needs. */
@Injectable()
export class Parameters {
  private readonly reads = new GatheredReads<Reference, FoundParameter | undefined>((group, references) => {
    const [account = '', region = ''] = group.split('/');
    return this.read({ account, region }, references);
  });

  private readonly currentReads = new GatheredReads<string, CurrentRow>((group, paths) => {
    const [account = '', region = ''] = group.split('/');
    return this.readCurrent({ account, region }, paths);
  });

  constructor(
    private readonly database: Database,
    private readonly scan: ParameterScan,
  ) {}

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

  /** What is known of a path before it is written, and which tier a new parameter gets there that asks for none. */
  async current(
    scope: Scope,
    path: string,
  ): Promise<{ current: CurrentParameter | undefined; defaultTier: ParameterTier }> {
    const [found] = await this.currentReads.ask(`${scope.account}/${scope.region}`, [path]);
    const { defaultTier, ...current } = found!;
    return { current: current.type ? (current as CurrentParameter) : undefined, defaultTier };
  }

  private readCurrent(scope: Scope, paths: readonly string[]): Promise<CurrentRow[]> {
    return this.database.named<CurrentRow>(
      'parameter.current',
      `SELECT coalesce((SELECT value FROM service_setting WHERE account = $1 AND region = $2 AND id = $4), 'Standard')
                AS "defaultTier",
              p.tags, v.type, v.tier, v.key_id AS "keyId",
              v.data_type AS "dataType", v.allowed_pattern AS "allowedPattern"
       FROM unnest($3::text[]) WITH ORDINALITY AS ask (path, place)
       LEFT JOIN parameter p ON p.account = $1 AND p.region = $2 AND p.path = ask.path COLLATE "C"
       LEFT JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       ORDER BY ask.place`,
      [scope.account, scope.region, paths, DEFAULT_TIER],
    );
  }

  /** How many parameters are of tier Standard; counted no further than to a limit. */
  async countStandard(scope: Scope, limit: number): Promise<number> {
    const [row] = await this.database.named<{ count: number }>(
      'parameter.count_standard',
      `SELECT count(*)::int FROM (SELECT FROM parameter WHERE account = $1 AND region = $2 AND standard LIMIT $3) counted`,
      [scope.account, scope.region, limit],
    );
    return row!.count;
  }

  /** A page of those that a query finds, in the versions that it means. */
  async page(
    scope: Scope,
    query: ParameterQuery,
    position: ScanPosition | undefined,
    most: number,
  ): Promise<ScanPage<FoundParameter>> {
    const how = { position, most, name: 'parameter.page', columns: FOUND };
    const { matches, ...more } = await this.scan.page<Row & { account: string }>(scope, query, how);
    return { matches: matches.map((row) => asFound({ account: row.account, region: scope.region }, row)), ...more };
  }

  /** What is known of parameters beside their values, page by page. */
  async describe(
    scope: Scope,
    query: ParameterQuery,
    position: ScanPosition | undefined,
    most: number,
  ): Promise<ScanPage<DescribedParameter>> {
    const how = { position, most, name: 'parameter.describe', columns: DESCRIBED };
    return this.scan.page<DescribedParameter>(scope, query, how);
  }

  /** Versions of a parameter, oldest first, behind a number. */
  async history(scope: Scope, path: string, after: number, most: number): Promise<HistoricVersion[]> {
    return this.database.named<HistoricVersion>(
      'parameter.history',
      `SELECT v.number, v.type, v.value, v.key_id AS "keyId", v.data_type AS "dataType", v.last_modified_at AS "modifiedAt", v.tier,
              v.description, v.allowed_pattern AS "allowedPattern", v.last_modified_by AS "modifiedBy",
              ARRAY(SELECT l.label FROM parameter_label l
                    WHERE l.parameter_id = p.id AND l.number = v.number ORDER BY l.label) AS labels,
              ${POLICIES} AS policies
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
