import type { ParameterType } from '@aws-sdk/client-ssm';
import { Clock, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { parameterDeleted } from '../domain/parameter-deleted.js';
import { WatchMessages } from '../watch-messages.js';
import { Watches } from './watches.js';

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
  constructor(
    private readonly work: UnitOfWork,
    private readonly watches: Watches,
    private readonly messages: WatchMessages,
    private readonly clock: Clock,
  ) {}

  /** Ends what is watched, first of all: nobody is then to be told that the rest is gone. */
  async endWatches(account: string): Promise<number> {
    return this.work.run(async (tx) => {
      const open = await tx.query<{ id: string }>(
        'SELECT id FROM watch WHERE account = $1 AND ended_at IS NULL ORDER BY id LIMIT $2',
        [account, BATCH],
      );
      const end = { reason: 'Deleted', message: 'The account is a sandbox and was emptied.' } as const;
      const ends = open.map(({ id }) => ({ id, ...end }));
      const ended = await this.watches.end(tx, ends, this.clock.now());
      tx.afterCommit(() => {
        for (const each of ended) this.messages.publishEnd(each);
      });
      return ended.length;
    });
  }

  /** Forgets what is remembered of it beside its parameters: settings, values that wait for an image, what was deleted. */
  async forget(account: string): Promise<void> {
    await this.work.run(async (tx) => {
      for (const table of ['service_setting', 'pending_image', 'gone_parameter']) {
        await tx.query(`DELETE FROM ${table} WHERE account = $1 RETURNING account`, [account]);
      }
    });
  }

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
