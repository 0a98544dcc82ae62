import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Announcement } from '@muster/contracts';
import { SpanKind, withSpan } from '@muster/telemetry';
import type pg from 'pg';
import { type DataSource, type QueryRunner, TypeORMError } from 'typeorm';

import { auditEvents } from './audit-trail.js';
import { answerOf, claimCall, keepAnswer } from './answered-calls.js';
import type { Clock } from './clock.js';
import { CommitGroups } from './commit-groups.js';
import { type PublishableEvent, cloudEvent } from './cloud-events.js';
import { DatabaseAway, sqlState } from './database-away.js';
import type { Ids } from './ids.js';
import type { Outbox } from './outbox.js';
import { refuseWhenCrowded, refuseWhenMany } from './pooled-database.js';
import { commit, giveUp } from './end-transaction.js';
import { type Member, SharedCommits } from './shared-commits.js';
import { Transaction } from './transaction.js';
import { type Apart, type Committing, type Queries, type Tx, UnitOfWork } from './unit-of-work.js';

const ATTEMPTS = 4;

/** Transactions on connections of the pool; one that Postgres sacrificed to another is run again. */
export class Transactions extends UnitOfWork {
  private readonly groups: CommitGroups<Member>;

  constructor(
    private readonly service: string,
    private readonly dataSource: DataSource,
    private readonly pool: pg.Pool,
    private readonly database: Queries,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    super();
    const shared = new SharedCommits(service, pool, outbox, (announced) => this.eventOf(announced));
    this.groups = new CommitGroups((members) => shared.commit(members));
  }

  override async commit<T extends object>(call: Committing, work: (tx: Tx) => Promise<T>, apart?: Apart): Promise<T> {
    if (apart) return this.commitTogether(call, work, apart);
    const { retry, audit } = call;
    return this.run(async (tx) => {
      if (retry) await claimCall(tx, retry);
      const answer = await work(tx);
      if (retry) await keepAnswer(tx, retry, answer);
      if (audit) {
        tx.announce(...auditEvents(this.service, [audit]));
        tx.afterCommit(() => audit.kept());
      }
      return answer;
    });
  }

  override async answerOf(call: Committing): Promise<object | undefined> {
    return call.retry && answerOf(this.database, call.retry);
  }

  override async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return withSpan('sql.transaction', { kind: SpanKind.CLIENT }, async (span) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.attempt(work);
        } catch (error) {
          if (attempt === ATTEMPTS || !mayRunAgain(error)) throw error;
          span.setAttribute('muster.attempt', attempt + 1);
          await sleep(Math.random() * 10 * 2 ** attempt);
        }
      }
    });
  }

  private commitTogether<T extends object>(
    call: Committing,
    work: (tx: Tx) => Promise<T>,
    { scope, thing }: Apart,
  ): Promise<T> {
    refuseWhenMany(this.groups.size, 'commits');
    return withSpan(
      'sql.transaction',
      { kind: SpanKind.CLIENT },
      () =>
        new Promise<T>((resolve, reject) => {
          const context = new AsyncResource('muster.commit');
          const alone = () => void this.commit(call, work).then(resolve, reject);
          this.groups.push(scope, {
            thing,
            retry: call.retry,
            audit: call.audit,
            work: (tx) => context.runInAsyncScope(work, undefined, tx),
            resolve: resolve as (answer: object) => void,
            reject,
            alone: () => context.runInAsyncScope(alone),
          });
        }),
    );
  }

  private eventOf(announced: Announcement<unknown>): PublishableEvent {
    return cloudEvent(announced, this.clock, this.ids);
  }

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    refuseWhenCrowded(this.pool);
    const runner = this.dataSource.createQueryRunner();
    let client: pg.PoolClient | undefined;
    try {
      client = await begin(runner);
      const tx = new Transaction(client, (announced) => this.eventOf(announced), runner.manager);
      const result = await work(tx);
      await this.outbox.write(tx, tx.announced);
      await commit(client);
      if (tx.announced.length > 0) this.outbox.announced();
      tx.committed();
      return result;
    } catch (error) {
      // TypeORM lets go of a connection that breaks, and then says only that it has.
      const lost = runner.isReleased && error instanceof TypeORMError;
      const failure = lost ? new DatabaseAway('The connection to the database was lost.', { cause: error }) : error;
      if (client) await giveUp(client, failure);
      throw failure;
    } finally {
      await runner.release();
    }
  }
}

/** A transaction could not be begun: nothing has happened yet. */
class NotBegun extends DatabaseAway {}

async function begin(runner: QueryRunner): Promise<pg.PoolClient> {
  let client: pg.PoolClient;
  try {
    client = (await runner.connect()) as pg.PoolClient;
  } catch (cause) {
    throw new DatabaseAway('The database gave no connection.', { cause });
  }
  try {
    await runner.startTransaction();
  } catch (cause) {
    await giveUp(client, cause);
    throw new NotBegun('The database gave a connection that was lost.', { cause });
  }
  return client;
}

/** Sacrificed to another transaction, planned on a table that changed, or never begun: it did nothing, again is right. */
function mayRunAgain(error: unknown): boolean {
  const state = sqlState(error);
  return error instanceof NotBegun || state === '40001' || state === '40P01' || state === '0A000';
}
