import type { Call } from '@muster/bus';
import { type Tx, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { type NamedPrincipal, type Principal, Principals, existing } from './principals.js';
import { Revisions } from './revisions.js';

/** Transactions of calls that change what decisions rest on: each counts the revision up, last of all. */
@Injectable()
export class Changes {
  constructor(
    private readonly work: UnitOfWork,
    private readonly revisions: Revisions,
    private readonly principals: Principals,
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
