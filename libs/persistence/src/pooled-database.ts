import { SpanKind, withSpan } from '@muster/telemetry';
import type pg from 'pg';

import { DatabaseAway, driverFailure, isDatabaseAway } from './database-away.js';
import { Database } from './unit-of-work.js';

/** Single statements on connections of the pool. */
export class PooledDatabase extends Database {
  constructor(private readonly pool: pg.Pool) {
    super();
  }

  async query<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return withSpan('sql.query', { kind: SpanKind.CLIENT }, () => this.run<R>({ text: sql, values: [...values] }));
  }

  async named<R extends object>(name: string, sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return withSpan(`sql.${name}`, { kind: SpanKind.CLIENT }, () =>
      this.run<R>({ name, text: sql, values: [...values] }),
    );
  }

  private async run<R extends object>(statement: pg.QueryConfig): Promise<R[]> {
    const client = await connectionOf(this.pool);
    let broken: Error | undefined;
    try {
      const result = await client.query<R>(statement);
      return result.rows;
    } catch (error) {
      const failure = driverFailure(error);
      if (isDatabaseAway(failure)) broken = failure;
      throw failure;
    } finally {
      client.release(broken);
    }
  }
}

/** A connection of the pool, or `DatabaseAway`: also when too many wait for one already. */
export async function connectionOf(pool: pg.Pool): Promise<pg.PoolClient> {
  refuseWhenCrowded(pool);
  try {
    return await pool.connect();
  } catch (error) {
    throw new DatabaseAway('The database gave no connection.', { cause: error });
  }
}

const MOST_WAITING = 1_000;

/** A queue for connections that only grows helps nobody: callers get 503 at once. */
export function refuseWhenCrowded(pool: pg.Pool): void {
  refuseWhenMany(pool.waitingCount, 'callers of a connection');
}

/** The same for another queue in front of the database. */
export function refuseWhenMany(waiting: number, what: string): void {
  if (waiting >= MOST_WAITING) throw new DatabaseAway(`${MOST_WAITING} ${what} wait.`);
}
