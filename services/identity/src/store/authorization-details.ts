import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { PrincipalKind } from '../domain/principal-arn.js';
import type { Attached } from './attachments.js';
import type { InlinePolicy } from './inline-policies.js';
import { type ManagedPolicy, POLICY_COLUMNS, type Version } from './managed-policies.js';
import { PRINCIPAL_COLUMNS, PRINCIPAL_FROM, type Principal } from './principals.js';

/** A user, role or group with all that it has. */
export interface PrincipalDetail extends Principal {
  /** Where it stands in the list. */
  readonly key: string;
  readonly inline: readonly InlinePolicy[];
  readonly attached: readonly Attached[];
  /** Names of the groups that it is in. */
  readonly groups: readonly string[];
}

/** A managed policy with all its versions, the newest first. */
export interface PolicyDetail extends ManagedPolicy {
  readonly key: string;
  readonly versions: readonly (Omit<Version, 'createdAt'> & { readonly createdAt: string })[];
}

/** Everything that an account has, in one order: users, groups, roles, then policies. */
@Injectable()
export class AuthorizationDetails {
  constructor(private readonly database: Database) {}

  async principals(
    account: string,
    kinds: readonly PrincipalKind[],
    after: string,
    limit: number,
  ): Promise<PrincipalDetail[]> {
    return this.database.query<PrincipalDetail>(
      `SELECT * FROM (
         SELECT ${PRINCIPAL_COLUMNS},
                CASE p.kind WHEN 'User' THEN '1/' WHEN 'Group' THEN '2/' ELSE '3/' END || lower(p.name) AS key,
                array(SELECT json_build_object('name', i.name, 'document', i.document)
                        FROM inline_policy i WHERE i.principal = p.id ORDER BY i.name) AS inline,
                array(SELECT json_build_object('name', o.name, 'arn', o.arn)
                        FROM attachment a JOIN policy o ON o.id = a.policy WHERE a.principal = p.id ORDER BY o.arn) AS attached,
                array(SELECT g.name FROM membership m JOIN principal g ON g.id = m.in_group
                       WHERE m.member = p.id ORDER BY g.name) AS groups
           ${PRINCIPAL_FROM} WHERE p.account = $1 AND p.kind = ANY ($2::text[])) each
        WHERE key > $3 ORDER BY key LIMIT $4`,
      [account, kinds, after, limit],
    );
  }

  async policies(
    account: string,
    which: { readonly local: boolean; readonly aws: boolean },
    after: string,
    limit: number,
  ): Promise<PolicyDetail[]> {
    return this.database.query<PolicyDetail>(
      `SELECT * FROM (
         SELECT ${POLICY_COLUMNS}, CASE WHEN o.account IS NULL THEN '5/' ELSE '4/' END || o.arn AS key,
                array(SELECT json_build_object('number', v.number, 'document', v.document, 'createdAt', v.created_at,
                                               'isDefault', v.number = o.default_version)
                        FROM policy_version v WHERE v.policy = o.id ORDER BY v.number DESC) AS versions
           FROM policy o WHERE ($2 AND o.account = $1) OR ($3 AND o.account IS NULL)) each
        WHERE key > $4 ORDER BY key LIMIT $5`,
      [account, which.local, which.aws, after, limit],
    );
  }
}
