import { Database, Ids, type Queries, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { type NewAccessKey, newUniqueId } from '../domain/new-credentials.js';
import { policyArn, principalArn } from '../domain/principal-arn.js';
import { AccessKeys } from './access-keys.js';
import { Attachments } from './attachments.js';
import { Principals } from './principals.js';

/** An account of this deployment. */
export interface Account {
  /** 12 digits. */
  readonly id: string;
  readonly name: string;
  /** The first one: its principals may make others. */
  readonly management: boolean;
  readonly createdAt: Date;
  /** It is made for tests, and may be emptied. */
  readonly sandbox?: boolean;
}

/** What an account has. */
interface Counts {
  readonly users: number;
  readonly groups: number;
  readonly roles: number;
  readonly policies: number;
  readonly versions: number;
}

const COLUMNS = 'id, name, management, created_at AS "createdAt"';
/** No account has it: nobody is of the management account while there is none. */
const NO_ACCOUNT = '000000000000';

/** Accounts, which never see each other's things. */
@Injectable()
export class Accounts {
  constructor(
    private readonly database: Database,
    private readonly principals: Principals,
    private readonly accessKeys: AccessKeys,
    private readonly attachments: Attachments,
    private readonly ids: Ids,
  ) {}

  /** Id of the account whose principals may make others. */
  async management(): Promise<string> {
    const [found] = await this.database.named<{ id: string }>(
      'account_management',
      'SELECT id FROM account WHERE management',
    );
    return found?.id ?? NO_ACCOUNT;
  }

  async find(id: string): Promise<Account | undefined> {
    const [found] = await this.database.query<Account>(`SELECT ${COLUMNS} FROM account WHERE id = $1`, [id]);
    return found;
  }

  /** By id. */
  async list(after: string, limit: number): Promise<Account[]> {
    return this.database.query<Account>(`SELECT ${COLUMNS} FROM account WHERE id > $1 ORDER BY id LIMIT $2`, [
      after,
      limit,
    ]);
  }

  async aliasOf(id: string): Promise<string | undefined> {
    const [found] = await this.database.query<{ alias: string | null }>('SELECT alias FROM account WHERE id = $1', [
      id,
    ]);
    return found?.alias ?? undefined;
  }

  /** @returns whether no other account has it */
  async setAlias(tx: Queries, id: string, alias: string): Promise<boolean> {
    // Whoever sets the same one at the same moment is waited for.
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`identity.alias ${alias}`]);
    const set = await tx.query(
      `UPDATE account SET alias = $2 WHERE id = $1
          AND NOT EXISTS (SELECT FROM account WHERE alias = $2 AND id <> $1) RETURNING id`,
      [id, alias],
    );
    return set.length === 1;
  }

  /** @returns whether the account had it */
  async removeAlias(tx: Queries, id: string, alias: string): Promise<boolean> {
    const removed = await tx.query('UPDATE account SET alias = NULL WHERE id = $1 AND alias = $2 RETURNING id', [
      id,
      alias,
    ]);
    return removed.length === 1;
  }

  /** How much of each kind there is in an account. */
  async counts(id: string): Promise<Counts> {
    const [row] = await this.database.query<Counts>(
      `SELECT count(*) FILTER (WHERE kind = 'User')::int AS users, count(*) FILTER (WHERE kind = 'Group')::int AS groups,
              count(*) FILTER (WHERE kind = 'Role')::int AS roles,
              (SELECT count(*)::int FROM policy WHERE account = $1) AS policies,
              (SELECT count(*)::int FROM policy o JOIN policy_version v ON v.policy = o.id WHERE o.account = $1) AS versions
         FROM principal WHERE account = $1`,
      [id],
    );
    return row!;
  }

  /** Whoever makes or renames something in an account does it one after another: names and quotas hold. */
  async lock(tx: Queries, id: string): Promise<void> {
    await tx.query('SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE', [id]);
  }

  /** With an administrator, who may all in it, and their key. @returns false when there is one of this id */
  async add(tx: Tx, account: Account, userName: string, key: NewAccessKey): Promise<boolean> {
    const { createdAt } = account;
    // Another one that makes the same is waited for here, and then there is nothing to do.
    const added = await tx.query(
      `INSERT INTO account (id, name, management, sandbox, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [account.id, account.name, account.management, account.sandbox ?? false, createdAt],
    );
    if (added.length === 0) return false;

    const administrator = await this.addAdministrator(tx, account.id, userName, createdAt);
    await this.accessKeys.add(tx, administrator, key, createdAt);
    return true;
  }

  /** The user that an account is made with: it may all, and stays when a sandbox is emptied. */
  async addAdministrator(tx: Tx, account: string, userName: string, createdAt: Date): Promise<{ id: string }> {
    const id = this.ids.uuid();
    await this.principals.add(tx, {
      id,
      account,
      kind: 'User',
      name: userName,
      path: '/',
      userId: newUniqueId((bytes) => this.ids.random(bytes), 'User'),
      arn: principalArn('User', account, '/', userName),
      description: '',
      tags: {},
      trustPolicy: null,
      maxSessionSeconds: null,
      boundary: null,
      createdAt,
    });
    await tx.query('UPDATE account SET administrator = $2 WHERE id = $1 RETURNING id', [account, id]);
    await this.attachments.add(tx, id, policyArn('aws', '/', 'AdministratorAccess'));
    return { id };
  }
}
