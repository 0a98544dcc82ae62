import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';
import type { Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { type PrincipalKind, principalArn } from '../domain/principal-arn.js';
import { Accounts } from '../store/accounts.js';
import { Changes } from '../store/changes.js';
import { type NamedPrincipal, type Principal, Principals } from '../store/principals.js';

/** What shall be another; what is absent stays. */
export interface NewName {
  readonly name?: string | undefined;
  readonly path?: string | undefined;
}

/** Another name or path for a user or group: the id stays, the ARN is a new one. */
@Injectable()
export class Renaming {
  constructor(
    private readonly principals: Principals,
    private readonly accounts: Accounts,
    private readonly changes: Changes,
  ) {}

  /** On the old and on the new ARN: whoever may not touch what it becomes may not make it. */
  async named(call: Call, kind: PrincipalKind, name: string, to: NewName): Promise<NamedPrincipal> {
    const named = await this.principals.named(call, kind, name);
    const path = to.path ?? named.principal?.path ?? '/';
    const [before] = named.on;
    return {
      ...named,
      on: [before!, { ...before!, arn: principalArn(kind, call.account, path, to.name ?? named.name) }],
    };
  }

  async rename(
    call: Call,
    named: NamedPrincipal,
    to: NewName,
    announce: (tx: Tx, before: Principal, after: Principal) => void,
  ): Promise<object> {
    return this.changes.of(call, named, async (tx, before) => {
      await this.accounts.lock(tx, call.account);
      const { kind } = before;
      const [name, path] = [to.name ?? before.name, to.path ?? before.path];
      const after = { ...before, name, path, arn: principalArn(kind, call.account, path, name) };
      if (!(await this.principals.rename(tx, before.id, after))) {
        throw new ApiError('EntityAlreadyExistsException', `${kind} with name ${name} already exists.`);
      }
      announce(tx, before, after);
      return {};
    });
  }
}
