import { type PolicyDocument } from '@muster/iam';
import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** Policy documents and whom they are attached to. */
@Injectable()
export class Policies {
  constructor(private readonly database: Database) {}

  /** The documents that speak about a principal, and the revision that this was true at. */
  async of(principalArn: string): Promise<{ documents: string[]; revision: bigint }> {
    const [row] = await this.database.named<{ revision: string; documents: string[] }>(
      'policies_of',
      `SELECT r.value AS revision,
              array(SELECT o.document FROM principal p
                      JOIN attachment a ON a.principal = p.id
                      JOIN policy o ON o.id = a.policy
                     WHERE p.arn = $1 ORDER BY o.id) AS documents
         FROM revision r`,
      [principalArn],
    );
    return { documents: row!.documents, revision: BigInt(row!.revision) };
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
