import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { PrincipalKind } from '../domain/principal-arn.js';

/** A policy that is attached. */
export interface Attached {
  readonly name: string;
  readonly arn: string;
}

/** Whom a policy is attached to, or whom it bounds. */
export interface Entity {
  readonly kind: PrincipalKind;
  readonly name: string;
  readonly userId: string;
  /** Where it stands in the list. */
  readonly key: string;
}

/** Which entities a list shows. */
export interface EntityFilter {
  readonly kind: PrincipalKind | undefined;
  readonly pathPrefix: string;
  readonly usage: 'PermissionsPolicy' | 'PermissionsBoundary' | undefined;
}

/** Which managed policy is attached to whom. */
@Injectable()
export class Attachments {
  constructor(private readonly database: Database) {}

  /** Attached already is as good. @returns whether it was not */
  async add(tx: Queries, principal: string, policyArn: string): Promise<boolean> {
    const added = await tx.query(
      `INSERT INTO attachment (principal, policy) SELECT $1, id FROM policy WHERE arn = $2
       ON CONFLICT DO NOTHING RETURNING policy`,
      [principal, policyArn],
    );
    return added.length === 1;
  }

  /** @returns whether it was attached */
  async remove(tx: Queries, principal: string, policyArn: string): Promise<boolean> {
    const removed = await tx.query(
      `DELETE FROM attachment a USING policy o WHERE a.principal = $1 AND a.policy = o.id AND o.arn = $2 RETURNING o.id`,
      [principal, policyArn],
    );
    return removed.length === 1;
  }

  async count(tx: Queries, principal: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM attachment WHERE principal = $1',
      [principal],
    );
    return row!.count;
  }

  /** By ARN, those whose path begins so. */
  async list(principal: string, pathPrefix: string, after: string, limit: number): Promise<Attached[]> {
    return this.database.query<Attached>(
      `SELECT o.name, o.arn FROM attachment a JOIN policy o ON o.id = a.policy
        WHERE a.principal = $1 AND starts_with(o.path, $2) AND o.arn > $3 ORDER BY o.arn LIMIT $4`,
      [principal, pathPrefix, after, limit],
    );
  }

  /** Groups, roles and users of the account that have this policy, by kind and name. */
  async entities(
    account: string,
    policy: string,
    filter: EntityFilter,
    after: string,
    limit: number,
  ): Promise<Entity[]> {
    return this.database.query<Entity>(
      `SELECT * FROM (
         SELECT p.kind, p.name, p.user_id AS "userId", p.kind || '/' || lower(p.name) AS key FROM principal p
          WHERE p.account = $1 AND ($3::text IS NULL OR p.kind = $3) AND starts_with(p.path, $4)
            AND (($5::text IS DISTINCT FROM 'PermissionsBoundary'
                  AND EXISTS (SELECT FROM attachment a WHERE a.principal = p.id AND a.policy = $2))
              OR ($5::text IS DISTINCT FROM 'PermissionsPolicy' AND p.boundary = $2))
       ) each WHERE key > $6 ORDER BY key LIMIT $7`,
      [account, policy, filter.kind ?? null, filter.pathPrefix, filter.usage ?? null, after, limit],
    );
  }
}
