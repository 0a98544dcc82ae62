import type { PolicyDocument } from '@muster/iam';
import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Scope } from '../domain/parameter-name.js';
import type { ParameterQuery } from '../domain/parameter-query.js';
import { type KeptPolicy, policyOf, sharedWith } from '../domain/resource-policies.js';
import { likeness, likenessValues } from './parameter-scan.js';
import { DESCRIBED, type DescribedParameter } from './parameters.js';

/** A parameter whose policies this transaction has locked. */
export interface LockedPolicies {
  readonly id: string;
  readonly name: string;
  /** It is of tier Standard. */
  readonly standard: boolean;
  readonly policies: readonly KeptPolicy[];
}

/** Where a page of shared parameters begins: those shared with everybody come after those shared with the account. */
export interface SharedPosition {
  readonly account: string;
  readonly after: string;
}

/** A parameter that another account may share with the caller's: whether it does, its policy decides. */
export interface PerhapsShared extends DescribedParameter {
  readonly id: string;
  readonly tags: Record<string, string>;
  readonly policy: PolicyDocument | undefined;
  readonly matches: boolean;
}

/** Resource policies of parameters, and what they share. */
@Injectable()
export class SharedParameters {
  constructor(private readonly database: Database) {}

  /** The policies of a parameter, held until the transaction ends; undefined when there is no such parameter. */
  async lock(tx: Tx, { account, region }: Scope, path: string): Promise<LockedPolicies | undefined> {
    const [row] = await tx.named<LockedPolicies>(
      'parameter.lock_policies',
      `SELECT id, name, standard, coalesce(resource_policies, '[]') AS policies
       FROM parameter WHERE account = $1 AND region = $2 AND path = $3 FOR UPDATE`,
      [account, region, path],
    );
    return row;
  }

  async policies({ account, region }: Scope, path: string): Promise<readonly KeptPolicy[] | undefined> {
    const [row] = await this.database.named<{ policies: readonly KeptPolicy[] }>(
      'parameter.policies',
      `SELECT coalesce(resource_policies, '[]') AS policies
       FROM parameter WHERE account = $1 AND region = $2 AND path = $3`,
      [account, region, path],
    );
    return row?.policies;
  }

  /** Gives a parameter other policies, and with them those with whom it may be shared. */
  async setPolicies(tx: Tx, { region }: Scope, id: string, policies: readonly KeptPolicy[]): Promise<void> {
    await tx.named('parameter.set_policies', 'UPDATE parameter SET resource_policies = $2 WHERE id = $1', [
      id,
      policies.length > 0 ? JSON.stringify(policies) : null,
    ]);
    await tx.named('parameter_share.forget', 'DELETE FROM parameter_share WHERE parameter_id = $1', [id]);
    await tx.named(
      'parameter_share.add',
      `INSERT INTO parameter_share (account, region, parameter_id) SELECT unnest($1::text[]), $2, $3`,
      [sharedWith(policies), region, id],
    );
  }

  /**
   * Parameters of other accounts that name this one, or everybody, behind a position: each is said to match the query or not.
   * @param most rows that are looked at
   */
  async page(scope: Scope, query: ParameterQuery, position: SharedPosition, most: number): Promise<PerhapsShared[]> {
    const ranges = query.ranges.map(({ from, below, level }) => ({ from, below, level: level ?? null }));
    const rows = await this.database.named<PerhapsShared & { resourcePolicies: KeptPolicy[] | null }>(
      'parameter_share.page',
      `WITH shared AS MATERIALIZED (
         SELECT parameter_id FROM parameter_share WHERE account = $1 AND region = $2 AND parameter_id > $3
         ORDER BY parameter_id LIMIT $4
       )
       SELECT p.id, p.tags, p.resource_policies AS "resourcePolicies", ${DESCRIBED},
              p.account <> $5
              -- Told already, among those that name the account.
              AND NOT ($1 = '*' AND EXISTS (
                SELECT FROM parameter_share s WHERE s.account = $5 AND s.region = $2 AND s.parameter_id = p.id))
              AND EXISTS (
                SELECT FROM jsonb_to_recordset($6) AS range ("from" text, below text, level text)
                WHERE p.path >= range."from" COLLATE "C" AND p.path < range.below COLLATE "C"
                  AND (range.level IS NULL OR p.parent = range.level))
              AND ${likeness(7)} AS matches
       FROM shared JOIN parameter p ON p.id = shared.parameter_id
       JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       ORDER BY p.id`,
      [
        position.account,
        scope.region,
        position.after,
        most,
        scope.account,
        JSON.stringify(ranges),
        ...likenessValues(query.like),
      ],
    );
    return rows.map(({ resourcePolicies, ...row }) => ({ ...row, policy: policyOf(resourcePolicies ?? []) }));
  }
}
