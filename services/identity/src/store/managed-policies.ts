import { isDeepStrictEqual } from 'node:util';

import { ApiError } from '@muster/aws-protocol';
import type { Acted, Call } from '@muster/bus';
import type { Resource } from '@muster/iam';
import { Clock, Database, Ids, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { AwsManagedPolicy } from '../domain/aws-managed-policies.js';
import type { Tags } from '../domain/changed-tags.js';
import { newUniqueId } from '../domain/new-credentials.js';
import { policyArn } from '../domain/principal-arn.js';

/** What is written of a new policy. */
export interface NewPolicy {
  readonly id: string;
  readonly policyId: string;
  /** Null: every account has it. */
  readonly account: string | null;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  readonly tags: Tags;
  readonly document: string;
  readonly createdAt: Date;
}

/** A managed policy, as an account sees it. */
export interface ManagedPolicy extends Omit<NewPolicy, 'document'> {
  readonly updatedAt: Date;
  readonly defaultVersion: number;
  /** To how many of the account's users, groups and roles it is attached. */
  readonly attachments: number;
  /** How many of them it bounds. */
  readonly bounds: number;
}

/** A version of a managed policy. */
export interface Version {
  readonly number: number;
  readonly document: string;
  readonly createdAt: Date;
  readonly isDefault: boolean;
}

/** Which policies a list shows. */
export interface PolicyFilter {
  /** The account's own. */
  readonly local: boolean;
  /** Those that every account has. */
  readonly aws: boolean;
  readonly pathPrefix: string;
  readonly onlyAttached: boolean;
  readonly usage: 'PermissionsPolicy' | 'PermissionsBoundary' | undefined;
}

/** The members of `ManagedPolicy`, of `o`, as the account $1 sees them. */
export const POLICY_COLUMNS = `o.id, o.policy_id AS "policyId", o.account, o.name, o.path, o.arn, o.description, o.tags,
  o.created_at AS "createdAt", o.updated_at AS "updatedAt", o.default_version AS "defaultVersion",
  (SELECT count(*)::int FROM attachment a JOIN principal p ON p.id = a.principal
    WHERE a.policy = o.id AND p.account = $1) AS attachments,
  (SELECT count(*)::int FROM principal p WHERE p.boundary = o.id AND p.account = $1) AS bounds`;

/** The policy that a call is about. `policy` is absent when there is none of this ARN: known after the decision only. */
export interface NamedPolicy extends Acted {
  readonly arn: string;
  readonly policy: ManagedPolicy | undefined;
}

/** Managed policies and their versions. */
@Injectable()
export class ManagedPolicies {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The account's own, or one that every account has. */
  async named(call: Call, arn: string, context: NonNullable<Resource['context']> = {}): Promise<NamedPolicy> {
    const policy = await this.find(this.database, call.account, arn);
    return { arn, policy, on: [{ arn, context, ...(policy && { tags: policy.tags }) }] };
  }

  async find(queries: Queries, account: string, arn: string): Promise<ManagedPolicy | undefined> {
    const [found] = await queries.query<ManagedPolicy>(
      `SELECT ${POLICY_COLUMNS} FROM policy o WHERE o.arn = $2 AND (o.account = $1 OR o.account IS NULL)`,
      [account, arn],
    );
    return found;
  }

  /**
   * One that shall be attached: it stays as long as the transaction lasts.
   * @throws ApiError NoSuchEntityException
   */
  async attachable(tx: Queries, account: string, arn: string): Promise<{ readonly id: string; readonly name: string }> {
    const [found] = await tx.query<{ id: string; name: string }>(
      'SELECT id, name FROM policy WHERE arn = $2 AND (account = $1 OR account IS NULL) FOR SHARE',
      [account, arn],
    );
    if (found) return found;
    throw new ApiError('NoSuchEntityException', `Policy ${arn} does not exist or is not attachable.`);
  }

  /** Keeps others from changing it, or from attaching it, until the transaction ends. */
  async lock(tx: Queries, account: string, arn: string): Promise<ManagedPolicy | undefined> {
    await tx.query('SELECT FROM policy WHERE arn = $1 FOR UPDATE', [arn]);
    // A statement of its own: it sees what was committed while we waited.
    return this.find(tx, account, arn);
  }

  /** By ARN. */
  async list(account: string, filter: PolicyFilter, after: string, limit: number): Promise<ManagedPolicy[]> {
    return this.database.query<ManagedPolicy>(
      `SELECT * FROM (SELECT ${POLICY_COLUMNS} FROM policy o
          WHERE (($2 AND o.account = $1) OR ($3 AND o.account IS NULL)) AND starts_with(o.path, $4) AND o.arn > $5) each
        WHERE CASE $6 WHEN 'PermissionsPolicy' THEN attachments > 0 WHEN 'PermissionsBoundary' THEN bounds > 0
                      WHEN 'any' THEN attachments + bounds > 0 ELSE true END
        ORDER BY arn LIMIT $7`,
      [
        account,
        filter.local,
        filter.aws,
        filter.pathPrefix,
        after,
        filter.usage ?? (filter.onlyAttached ? 'any' : 'all'),
        limit,
      ],
    );
  }

  /** The newest first, as AWS lists them. */
  async versions(queries: Queries, policy: string): Promise<Version[]> {
    return queries.query<Version>(
      `SELECT v.number, v.document, v.created_at AS "createdAt", v.number = o.default_version AS "isDefault"
         FROM policy_version v JOIN policy o ON o.id = v.policy WHERE v.policy = $1 ORDER BY v.number DESC`,
      [policy],
    );
  }

  async version(queries: Queries, policy: string, number: number): Promise<Version | undefined> {
    const [found] = await queries.query<Version>(
      `SELECT v.number, v.document, v.created_at AS "createdAt", v.number = o.default_version AS "isDefault"
         FROM policy_version v JOIN policy o ON o.id = v.policy WHERE v.policy = $1 AND v.number = $2`,
      [policy, number],
    );
    return found;
  }

  async setDefault(tx: Queries, policy: string, number: number): Promise<void> {
    await tx.query('UPDATE policy SET default_version = $2, updated_at = $3 WHERE id = $1', [
      policy,
      number,
      this.clock.now(),
    ]);
  }

  async removeVersion(tx: Queries, policy: string, number: number): Promise<void> {
    await tx.query('DELETE FROM policy_version WHERE policy = $1 AND number = $2', [policy, number]);
  }

  async remove(tx: Queries, policy: string): Promise<void> {
    await tx.query('DELETE FROM policy WHERE id = $1', [policy]);
  }

  async setTags(tx: Queries, policy: string, tags: Tags): Promise<void> {
    await tx.query('UPDATE policy SET tags = $2 WHERE id = $1', [policy, JSON.stringify(tags)]);
  }

  async count(queries: Queries, account: string): Promise<number> {
    const [row] = await queries.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM policy WHERE account = $1',
      [account],
    );
    return row!.count;
  }

  /** @returns whether the name was free */
  async add(tx: Queries, policy: NewPolicy): Promise<boolean> {
    const added = await tx.query(
      `WITH added AS (
         INSERT INTO policy (id, policy_id, account, name, path, arn, description, tags, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING RETURNING id, created_at)
       INSERT INTO policy_version (policy, number, document, created_at)
       SELECT id, 1, $10, created_at FROM added RETURNING policy`,
      [
        policy.id,
        policy.policyId,
        policy.account,
        policy.name,
        policy.path,
        policy.arn,
        policy.description,
        JSON.stringify(policy.tags),
        policy.createdAt,
        policy.document,
      ],
    );
    return added.length === 1;
  }

  /** The next version, which counts from now on when it is the default. @returns its number */
  async addVersion(
    tx: Queries,
    id: string,
    { document, createdAt, isDefault }: Omit<Version, 'number'>,
  ): Promise<number> {
    const [row] = await tx.query<{ number: number }>(
      `WITH next AS (
         UPDATE policy SET last_version = last_version + 1, updated_at = $3,
                default_version = CASE WHEN $4 THEN last_version + 1 ELSE default_version END
          WHERE id = $1 RETURNING id, last_version)
       INSERT INTO policy_version (policy, number, document, created_at)
       SELECT id, last_version, $2, $3 FROM next RETURNING number`,
      [id, document, createdAt, isDefault],
    );
    return row!.number;
  }

  /**
   * Makes those policies that every account has, and gives a new version to those whose text changed since.
   * @returns whether anything changed
   */
  async ship(tx: Queries, policies: readonly AwsManagedPolicy[]): Promise<boolean> {
    // Replicas that start together do it one after another.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('identity.ship-policies'))`);
    const known = await tx.query<{ id: string; name: string; document: string }>(
      `SELECT o.id, o.name, v.document FROM policy o
         JOIN policy_version v ON v.policy = o.id AND v.number = o.default_version WHERE o.account IS NULL`,
    );
    let changed = false;
    for (const { name, path, description, document } of policies) {
      const there = known.find((each) => each.name === name);
      if (there && isDeepStrictEqual(JSON.parse(there.document), document)) continue;
      changed = true;
      const text = JSON.stringify(document);
      if (there) await this.addVersion(tx, there.id, { document: text, createdAt: this.clock.now(), isDefault: true });
      else await this.add(tx, { ...this.newPolicy(null, path, name, text), description });
    }
    return changed;
  }

  newPolicy(account: string | null, path: string, name: string, document: string): NewPolicy {
    return {
      id: this.ids.uuid(),
      policyId: newUniqueId((bytes) => this.ids.random(bytes), 'Policy'),
      account,
      name,
      path,
      arn: policyArn(account ?? 'aws', path, name),
      description: '',
      tags: {},
      document,
      createdAt: this.clock.now(),
    };
  }
}

/** It, or AWS's answer for one that is not there. */
export function existingPolicy({ arn, policy }: Pick<NamedPolicy, 'arn' | 'policy'>): ManagedPolicy {
  if (policy) return policy;
  throw new ApiError('NoSuchEntityException', `Policy ${arn} was not found.`);
}
