import { isDeepStrictEqual } from 'node:util';

import { Clock, Ids, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { AwsManagedPolicy } from '../domain/aws-managed-policies.js';
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
  readonly tags: Readonly<Record<string, string>>;
  readonly document: string;
  readonly createdAt: Date;
}

/** Managed policies and their versions. */
@Injectable()
export class ManagedPolicies {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

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
  async addVersion(tx: Queries, id: string, document: string, isDefault: boolean): Promise<number> {
    const [row] = await tx.query<{ number: number }>(
      `WITH next AS (
         UPDATE policy SET last_version = last_version + 1, updated_at = $3,
                default_version = CASE WHEN $4 THEN last_version + 1 ELSE default_version END
          WHERE id = $1 RETURNING id, last_version)
       INSERT INTO policy_version (policy, number, document, created_at)
       SELECT id, last_version, $2, $3 FROM next RETURNING number`,
      [id, document, this.clock.now(), isDefault],
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
      if (there) await this.addVersion(tx, there.id, text, true);
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
