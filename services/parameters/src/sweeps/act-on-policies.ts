import { type Sweeping, Sweeps } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { parameterDeleted } from '../domain/parameter-deleted.js';
import { policyActed } from '../domain/policy-acted.js';
import { ParameterPolicies } from '../store/parameter-policies.js';

const MOST_AT_ONCE = 500;

/**
 * Does what policies say when their time has come: deletes what expires, tells of what will expire and of what nobody
 * changes. What is done and what is said about it is one transaction: killed in the middle, none of it has happened.
 */
@Sweeps({ everyMs: 1_000, lock: 'parameters.policies' })
@Injectable()
export class ActOnPolicies implements Sweeping {
  constructor(
    private readonly policies: ParameterPolicies,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  sweep(): Promise<number> {
    const now = this.clock.now();
    return this.work.run(async (tx) => {
      const due = await this.policies.due(tx, now, MOST_AT_ONCE);
      if (due.length === 0) return 0;
      const expired = due.filter(({ type }) => type === 'Expiration');
      const told = due.filter(({ type }) => type !== 'Expiration');
      if (told.length > 0) await this.policies.finish(tx, told);
      if (expired.length > 0) await this.policies.expire(tx, expired);
      for (const policy of due) {
        if (policy.type === 'Expiration') {
          tx.announce(parameterDeleted(policy, { ...policy, type: policy.parameterType }));
        }
        tx.announce(policyActed(policy));
      }
      return due.length;
    });
  }
}
