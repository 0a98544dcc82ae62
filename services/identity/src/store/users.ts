import { ApiError } from '@muster/aws-protocol';
import type { Acted, Call } from '@muster/bus';
import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { userArn } from '../domain/user-arn.js';
import { PrincipalEntity } from './principal.entity.js';

/** The user that a call is about. `user` is absent when there is none of this name: known after the decision only. */
export interface NamedUser extends Acted {
  readonly userName: string;
  readonly user: PrincipalEntity | null;
}

/** Users of accounts. */
@Injectable()
export class Users {
  constructor(private readonly dataSource: DataSource) {}

  /** The user of that name, or the caller where the call names nobody. */
  async named(call: Call, userName: string | undefined): Promise<NamedUser> {
    const { manager } = this.dataSource;
    const { account } = call;
    const user =
      userName === undefined
        ? await manager.findOneBy(PrincipalEntity, { account, kind: 'User', arn: call.caller.arn })
        : await manager.findOneBy(PrincipalEntity, { account, kind: 'User', name: userName });
    const name = user?.name ?? userName;
    if (name === undefined) {
      throw new ApiError('ValidationException', 'Must specify userName when calling with non-User credentials');
    }
    return { on: [{ arn: user?.arn ?? userArn(account, '/', name) }], userName: name, user };
  }

  /** Keeps others from changing the user's keys until the transaction ends; undefined when it is gone. */
  async lock(tx: Tx, id: string): Promise<PrincipalEntity | null> {
    return tx.manager.findOne(PrincipalEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** @returns whether the name was free */
  async add(tx: Tx, user: PrincipalEntity): Promise<boolean> {
    const added = await tx.query(
      `INSERT INTO principal (id, account, kind, name, path, user_id, arn, tags, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id`,
      [
        user.id,
        user.account,
        user.kind,
        user.name,
        user.path,
        user.userId,
        user.arn,
        JSON.stringify(user.tags),
        user.createdAt,
      ],
    );
    return added.length === 1;
  }
}

/** The user, or AWS's answer for one that is not there. */
export function existing(named: NamedUser): PrincipalEntity {
  if (named.user) return named.user;
  throw new ApiError('NoSuchEntityException', `The user with name ${named.userName} cannot be found.`);
}
