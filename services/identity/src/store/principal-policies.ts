import type { MessageInitShape } from '@bufbuild/protobuf';
import type { PoliciesOfAnswerSchema } from '@muster/contracts';
import { Clock, Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { ownTemporaryCredentials } from '../domain/aws-managed-policies.js';
import { type Tags, withoutTags } from '../domain/changed-tags.js';
import { type PrincipalKind, assumedRoleArn } from '../domain/principal-arn.js';

/** A policy and how a decision names it. */
export interface PolicyText {
  readonly name: string;
  readonly document: string;
}

interface Row {
  readonly revision: string;
  /** Null: nobody of that ARN. */
  readonly kind: PrincipalKind | null;
  readonly account: string;
  readonly name: string;
  readonly arn: string;
  readonly tags: Record<string, string>;
  readonly identity: PolicyText[];
  readonly boundary: PolicyText | null;
  readonly hasSession: boolean;
  readonly sessionName: string | null;
  readonly sessionTags: Record<string, string> | null;
  readonly session: PolicyText[] | null;
}

const narrowed = [{ name: ownTemporaryCredentials.name, document: JSON.stringify(ownTemporaryCredentials.document) }];

/** Everything that a decision about one principal rests on. */
@Injectable()
export class PrincipalPolicies {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** And the revision that this was true at: one statement, one moment. */
  async of(arn: string, sessionKeyId: string | undefined): Promise<MessageInitShape<typeof PoliciesOfAnswerSchema>> {
    const row = await this.read(arn, sessionKeyId);
    const revision = BigInt(row.revision);
    if (row.kind === null || row.kind === 'Group' || actsAs(row) !== arn) return { exists: false, revision };
    return {
      exists: true,
      revision,
      identityPolicies: row.identity,
      ...(row.boundary && { permissionsBoundary: row.boundary }),
      sessionPolicies: row.hasSession && row.kind === 'User' ? narrowed : (row.session ?? []),
      principalTags: withSessionTags(row),
      ...(row.kind === 'User' && { userName: row.name }),
    };
  }

  /** What one has, without any session; groups too. */
  async heldBy(arn: string): Promise<Pick<Row, 'identity' | 'boundary' | 'tags'>> {
    return this.read(arn, undefined);
  }

  private async read(arn: string, sessionKeyId: string | undefined): Promise<Row> {
    const values = [arn, sessionKeyId ?? null, this.clock.now()];
    const [row] = await this.database.named<Row>('policies_of', POLICIES_OF, values);
    return row!;
  }
}

/** Those of the session replace those of the role, whatever the case of their keys. */
function withSessionTags({ tags, sessionTags }: Row): Tags {
  return sessionTags ? { ...withoutTags(tags, Object.keys(sessionTags)), ...sessionTags } : tags;
}

/** A role in a session acts under the session's ARN. */
function actsAs({ kind, account, name, arn, sessionName }: Row): string {
  return kind === 'Role' && sessionName !== null ? assumedRoleArn(account, name, sessionName) : arn;
}

const POLICIES_OF = `
SELECT r.value AS revision, p.kind, p.account, p.name, p.arn, p.tags,
       s.access_key_id IS NOT NULL AS "hasSession", s.name AS "sessionName", s.tags AS "sessionTags", s.policies AS session,
       array(
         SELECT json_build_object('name', each.name, 'document', each.document) FROM (
           SELECT o.arn AS name, v.document
             FROM (SELECT p.id UNION ALL SELECT m.in_group FROM membership m WHERE m.member = p.id) holder (id)
             JOIN attachment a ON a.principal = holder.id
             JOIN policy o ON o.id = a.policy
             JOIN policy_version v ON v.policy = o.id AND v.number = o.default_version
           UNION
           SELECT 'inline policy ' || i.name || ' of ' || lower(h.kind) || '/' || h.name, i.document
             FROM (SELECT p.id UNION ALL SELECT m.in_group FROM membership m WHERE m.member = p.id) holder (id)
             JOIN principal h ON h.id = holder.id
             JOIN inline_policy i ON i.principal = h.id
         ) each ORDER BY each.name) AS identity,
       (SELECT json_build_object('name', o.arn, 'document', v.document)
          FROM policy o JOIN policy_version v ON v.policy = o.id AND v.number = o.default_version
         WHERE o.id = p.boundary) AS boundary
  FROM revision r
  LEFT JOIN session s ON s.access_key_id = $2::text AND s.expires_at > $3
  LEFT JOIN principal p ON p.id = CASE WHEN $2::text IS NULL THEN (SELECT id FROM principal WHERE arn = $1)
                                       ELSE s.principal END`;
