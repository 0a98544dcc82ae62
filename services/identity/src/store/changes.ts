import { ApiError } from '@muster/aws-protocol';
import type { Call } from '@muster/bus';
import { type Tx, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { ManagedPolicies, type ManagedPolicy, type NamedPolicy, existingPolicy } from './managed-policies.js';
import { type NamedPrincipal, type Principal, Principals, existing } from './principals.js';
import { Revisions } from './revisions.js';

/** Transactions of calls that change what decisions rest on: each counts the revision up, last of all. */
@Injectable()
export class Changes {
  constructor(
    private readonly work: UnitOfWork,
    private readonly revisions: Revisions,
    private readonly principals: Principals,
    private readonly policies: ManagedPolicies,
  ) {}

  async commit<T extends object>(call: Call, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.work.commit(call, async (tx) => {
      const answer = await work(tx);
      // Its row is locked from here to the commit: as short as possible.
      await this.revisions.advance(tx);
      return answer;
    });
  }

  /**
   * The same about a managed policy of the account, which nobody else changes or attaches meanwhile.
   * @throws ApiError NoSuchEntityException
   */
  async ofPolicy<T extends object>(
    call: Call,
    named: NamedPolicy,
    work: (tx: Tx, policy: ManagedPolicy) => Promise<T>,
  ): Promise<T> {
    if (existingPolicy(named).account === null) {
      throw new ApiError('AccessDeniedException', `Policy ${named.arn} is managed by AWS and cannot be changed.`);
    }
    return this.commit(call, async (tx) => {
      const policy = await this.policies.lock(tx, call.account, named.arn);
      return work(tx, existingPolicy({ arn: named.arn, policy }));
    });
  }

  /**
   * The same about one user, role or group, which nobody else changes meanwhile.
   * @throws ApiError NoSuchEntityException
   */
  async of<T extends object>(
    call: Call,
    named: NamedPrincipal,
    work: (tx: Tx, principal: Principal) => Promise<T>,
  ): Promise<T> {
    const { id } = existing(named);
    return this.commit(call, async (tx) => {
      const principal = await this.principals.lock(tx, id);
      return work(tx, existing({ ...named, principal }));
    });
  }
}
