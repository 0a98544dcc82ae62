import { Clock, Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { BootstrapDocument } from '../domain/bootstrap-document.js';
import { policyArn } from '../domain/principal-arn.js';
import { AccessKeys } from './access-keys.js';
import { Accounts } from './accounts.js';
import { Attachments } from './attachments.js';

/** Accounts that may be emptied. */
@Injectable()
export class Sandboxes {
  constructor(
    private readonly database: Database,
    private readonly attachments: Attachments,
    private readonly accounts: Accounts,
    private readonly accessKeys: AccessKeys,
    private readonly clock: Clock,
  ) {}

  /** Whether the account is one; undefined when there is no such account. */
  async isOne(account: string): Promise<boolean | undefined> {
    const [row] = await this.database.query<{ sandbox: boolean }>('SELECT sandbox FROM account WHERE id = $1', [
      account,
    ]);
    return row?.sandbox;
  }

  /**
   * Brings back the administrator and the key that a sandbox was made with, which a test may have removed.
   * @throws when the account was not made as a sandbox
   */
  async restore(tx: Tx, first: BootstrapDocument): Promise<void> {
    const [account] = await tx.query<{ sandbox: boolean; administrator: string | null }>(
      'SELECT sandbox, administrator FROM account WHERE id = $1 FOR NO KEY UPDATE',
      [first.account],
    );
    if (!account?.sandbox) {
      throw new Error(
        `Account ${first.account} is in this database already and was not made as a sandbox: it never becomes one. ` +
          'Start with another data folder: "npm start -- --sandbox --home <folder>".',
      );
    }
    const at = this.clock.now();
    const id = account.administrator ?? (await this.newAdministrator(tx, first, at));
    const there = await tx.query(
      `UPDATE access_key SET status = 'Active' WHERE id = $1 AND principal = $2 RETURNING id`,
      [first.accessKeyId, id],
    );
    if (there.length === 0) await this.accessKeys.add(tx, { id }, first, at);
  }

  private async newAdministrator(tx: Tx, { account, userName }: BootstrapDocument, at: Date): Promise<string> {
    // A test may have made one of the same name after it had removed the first.
    const [other] = await tx.query<{ id: string }>(
      `UPDATE account SET administrator = p.id FROM principal p
       WHERE account.id = $1 AND p.account = $1 AND p.kind = 'User' AND lower(p.name) = lower($2) RETURNING p.id`,
      [account, userName],
    );
    if (!other) return (await this.accounts.addAdministrator(tx, account, userName, at)).id;
    await this.attachments.add(tx, other.id, policyArn('aws', '/', 'AdministratorAccess'));
    return other.id;
  }

  /**
   * Removes all principals, policies and keys of an account but its first administrator, who may all again and has the
   * first access key alone.
   */
  async removeAll(tx: Tx, account: string): Promise<Readonly<Record<string, number>>> {
    const all = 'SELECT id FROM principal WHERE account = $1';
    const [row] = await tx.query<{ administrator: string | null }>(
      'SELECT administrator FROM account WHERE id = $1 FOR NO KEY UPDATE',
      [account],
    );
    const administrator = row?.administrator ?? null;
    const accessKeys = await tx.query(
      `DELETE FROM access_key WHERE principal IN (${all}) AND id IS DISTINCT FROM
         (SELECT id FROM access_key WHERE principal = $2 ORDER BY created_at, id LIMIT 1) RETURNING id`,
      [account, administrator],
    );
    await tx.query(`UPDATE access_key SET status = 'Active' WHERE principal = $1 RETURNING id`, [administrator]);
    await tx.query(`DELETE FROM session WHERE principal IN (${all}) RETURNING principal`, [account]);
    await tx.query(`DELETE FROM membership WHERE member IN (${all}) OR in_group IN (${all}) RETURNING member`, [
      account,
    ]);
    await tx.query(`DELETE FROM inline_policy WHERE principal IN (${all}) RETURNING principal`, [account]);
    await tx.query(`DELETE FROM attachment WHERE principal IN (${all}) RETURNING principal`, [account]);
    await tx.query(`UPDATE principal SET boundary = NULL, tags = '{}' WHERE account = $1 RETURNING id`, [account]);
    const principals = await tx.query(
      'DELETE FROM principal WHERE account = $1 AND id IS DISTINCT FROM $2 RETURNING id',
      [account, administrator],
    );
    const policies = await tx.query('DELETE FROM policy WHERE account = $1 RETURNING id', [account]);
    // With their material, so that nothing that they encrypted opens again.
    const keys = await tx.query('DELETE FROM kms_key WHERE account = $1 RETURNING id', [account]);
    await tx.query('UPDATE account SET alias = NULL WHERE id = $1 RETURNING id', [account]);
    if (administrator) await this.attachments.add(tx, administrator, policyArn('aws', '/', 'AdministratorAccess'));
    return {
      principals: principals.length,
      policies: policies.length,
      accessKeys: accessKeys.length,
      keys: keys.length,
    };
  }
}
