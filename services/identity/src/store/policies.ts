import type { MessageInitShape } from '@bufbuild/protobuf';
import type { PoliciesOfAnswerSchema } from '@muster/contracts';
import type { PolicyDocument } from '@muster/iam';
import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

interface Row {
  readonly revision: string;
  readonly userName: string | null;
  readonly tags: Record<string, string>;
  readonly policies: { name: string; document: string }[];
}

/** Policy documents and whom they are attached to. */
@Injectable()
export class Policies {
  constructor(private readonly database: Database) {}

  /** What a decision about a principal rests on, and the revision that this was true at. */
  async of(principalArn: string): Promise<MessageInitShape<typeof PoliciesOfAnswerSchema>> {
    const [row] = await this.database.named<Row>(
      'policies_of',
      `SELECT r.value AS revision, p.name AS "userName", p.tags,
              array(SELECT json_build_object('name', 'arn:aws:iam::' || coalesce(o.account, 'aws') || ':policy/' || o.name,
                                             'document', o.document)
                      FROM attachment a JOIN policy o ON o.id = a.policy
                     WHERE a.principal = p.id ORDER BY o.id) AS policies
         FROM revision r LEFT JOIN principal p ON p.arn = $1`,
      [principalArn],
    );
    const { revision, userName, tags, policies } = row!;
    if (userName === null) return { exists: false, revision: BigInt(revision) };
    return { exists: true, revision: BigInt(revision), identityPolicies: policies, principalTags: tags, userName };
  }

  /** Makes sure that a policy that every account has exists. @returns its id */
  async ensureManaged(tx: Queries, id: string, name: string, document: PolicyDocument): Promise<string> {
    const [row] = await tx.query<{ id: string }>(
      `INSERT INTO policy (id, account, name, document) VALUES ($1, NULL, $2, $3)
       ON CONFLICT ON CONSTRAINT policy_account_name_key DO UPDATE SET document = excluded.document RETURNING id`,
      [id, name, JSON.stringify(document)],
    );
    return row!.id;
  }

  async attach(tx: Queries, principal: string, policy: string): Promise<void> {
    await tx.query('INSERT INTO attachment (principal, policy) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      principal,
      policy,
    ]);
  }
}
