import { setTimeout as sleep } from 'node:timers/promises';

import type { Announcement } from '@muster/contracts';
import { SpanKind, log, withSpan } from '@muster/telemetry';
import type pg from 'pg';
import { type DataSource, type EntityManager, type QueryRunner, TypeORMError } from 'typeorm';

import { answerOf, claimCall, keepAnswer } from './answered-calls.js';
import type { Clock } from './clock.js';
import { type PublishableEvent, cloudEvent } from './cloud-events.js';
import { DatabaseAway, driverFailure, isDatabaseAway, sqlState } from './database-away.js';
import type { Ids } from './ids.js';
import type { Outbox } from './outbox.js';
import { refuseWhenCrowded } from './pooled-database.js';
import { type Queries, type Retry, type Tx, UnitOfWork } from './unit-of-work.js';

const ATTEMPTS = 4;

/** Transactions on connections of the pool; one that Postgres sacrificed to another is run again. */
export class Transactions extends UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pool: pg.Pool,
    private readonly database: Queries,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    super();
  }

  override async commit<T extends object>(
    call: { readonly retry?: Retry | undefined },
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    const retry = call.retry;
    if (!retry) return this.run(work);
    return this.run(async (tx) => {
      await claimCall(tx, retry);
      const answer = await work(tx);
      await keepAnswer(tx, retry, answer);
      return answer;
    });
  }

  override async answerOf(call: { readonly retry?: Retry | undefined }): Promise<object | undefined> {
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

  private async attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    refuseWhenCrowded(this.pool);
    const runner = this.dataSource.createQueryRunner();
    let client: pg.PoolClient | undefined;
    try {
      client = await begin(runner);
      const tx = new Transaction(runner.manager, client, (announced) => cloudEvent(announced, this.clock, this.ids));
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

class Transaction implements Tx {
  readonly announced: PublishableEvent[] = [];
  private readonly after: (() => void | Promise<void>)[] = [];

  constructor(
    readonly manager: EntityManager,
    private readonly client: pg.PoolClient,
    private readonly toEvent: (announced: Announcement<unknown>) => PublishableEvent,
  ) {}

  async query<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.ask<R>({ text: sql, values: [...values] });
  }

  async named<R extends object>(name: string, sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return withSpan(`sql.${name}`, { kind: SpanKind.CLIENT }, () =>
      this.ask<R>({ name, text: sql, values: [...values] }),
    );
  }

  announce(...events: readonly Announcement<unknown>[]): void {
    this.announced.push(...events.map(this.toEvent));
  }

  afterCommit(work: () => void | Promise<void>): void {
    this.after.push(work);
  }

  /** Starts what was asked for after the commit; nobody waits for it. */
  committed(): void {
    for (const each of this.after) {
      void (async () => each())().catch((error: unknown) => log('persistence').warn({ err: error }, 'after commit'));
    }
  }

  private async ask<R extends object>(statement: pg.QueryConfig): Promise<R[]> {
    try {
      return (await this.client.query<R>(statement)).rows;
    } catch (error) {
      throw driverFailure(error);
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

async function commit(client: pg.PoolClient): Promise<void> {
  let command: string;
  try {
    command = (await client.query('COMMIT')).command;
  } catch (error) {
    throw driverFailure(error);
  }
  // Postgres answers the COMMIT of a failed transaction with ROLLBACK, and calls that no error.
  if (command !== 'COMMIT') throw new Error('A statement of this transaction failed and its error was not passed on.');
}

/** Rolls back; a connection of which that is not certain goes back to nobody. */
async function giveUp(client: pg.PoolClient, why: unknown): Promise<void> {
  try {
    if (isDatabaseAway(why)) throw why;
    await client.query('ROLLBACK');
  } catch {
    // The pool drops a connection that is ending. Not awaited: a cut network would let us wait.
    client.end().catch(() => undefined);
  }
}

/** Sacrificed to another transaction, planned on a table that changed, or never begun: it did nothing, again is right. */
function mayRunAgain(error: unknown): boolean {
  const state = sqlState(error);
  return error instanceof NotBegun || state === '40001' || state === '40P01' || state === '0A000';
}
