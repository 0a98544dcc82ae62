import { Clock, Ids, type Queries, type Tx } from '@muster/persistence';
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
}

/** Accounts, which never see each other's things. */
@Injectable()
export class Accounts {
  constructor(
    private readonly principals: Principals,
    private readonly accessKeys: AccessKeys,
    private readonly attachments: Attachments,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Whoever makes or renames something in an account does it one after another: names and quotas hold. */
  async lock(tx: Queries, id: string): Promise<void> {
    await tx.query('SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE', [id]);
  }

  /** With an administrator, who may all in it, and their key. @returns false when there is one of this id */
  async add(tx: Tx, account: Account, userName: string, key: NewAccessKey): Promise<boolean> {
    const createdAt = this.clock.now();
    // Another one that makes the same is waited for here, and then there is nothing to do.
    const added = await tx.query(
      `INSERT INTO account (id, name, management, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING RETURNING id`,
      [account.id, account.name, account.management, createdAt],
    );
    if (added.length === 0) return false;

    const id = this.ids.uuid();
    await this.principals.add(tx, {
      id,
      account: account.id,
      kind: 'User',
      name: userName,
      path: '/',
      userId: newUniqueId((bytes) => this.ids.random(bytes), 'User'),
      arn: principalArn('User', account.id, '/', userName),
      description: '',
      tags: {},
      trustPolicy: null,
      maxSessionSeconds: null,
      boundary: null,
      createdAt,
    });
    await this.accessKeys.add(tx, { id }, key, createdAt);
    await this.attachments.add(tx, id, policyArn('aws', '/', 'AdministratorAccess'));
    return true;
  }
}
