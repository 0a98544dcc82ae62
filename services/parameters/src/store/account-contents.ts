import type { ParameterType } from '@aws-sdk/client-ssm';
import { UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { parameterDeleted } from '../domain/parameter-deleted.js';

/** With all their versions: as much as one short transaction takes. */
const BATCH = 200;

interface Gone {
  readonly region: string;
  readonly name: string;
  readonly path: string;
  readonly type: ParameterType;
  readonly description: string | null;
}

/** All that is kept of an account, whatever the region. */
@Injectable()
export class AccountContents {
  constructor(private readonly work: UnitOfWork) {}

  /** Removes some of it, what was made until then. @returns how many parameters; fewer than a batch: that was all */
  async remove(account: string, madeUntil: Date): Promise<{ parameters: number; more: boolean }> {
    return this.work.run(async (tx) => {
      // In one order, so that two that delete the same ones wait for each other instead of dying.
      const locked = await tx.query<{ id: string }>(
        `SELECT id FROM parameter WHERE account = $1 AND created_at <= $2 ORDER BY region, path LIMIT $3 FOR UPDATE`,
        [account, madeUntil, BATCH],
      );
      const gone = await tx.query<Gone>(
        `WITH gone AS (DELETE FROM parameter WHERE id = ANY ($1) RETURNING id, region, name, path, version)
         SELECT gone.region, gone.name, gone.path, v.type, v.description
         FROM gone JOIN parameter_version v ON v.parameter_id = gone.id AND v.number = gone.version
         ORDER BY gone.region, gone.path`,
        [locked.map((each) => each.id)],
      );
      tx.announce(...gone.map((each) => parameterDeleted({ account, region: each.region }, each)));
      return { parameters: gone.length, more: locked.length === BATCH };
    });
  }
}
