import { setTimeout as sleep } from 'node:timers/promises';

import { log } from '@muster/telemetry';
import type pg from 'pg';
import type { DataSource } from 'typeorm';

import { AdvisoryLocks } from './advisory-locks.js';
import { AuditTrail } from './audit-trail.js';
import { type Clock, SystemClock } from './clock.js';
import { cloudEvent } from './cloud-events.js';
import { type ConnectionSettings, connectionConfig } from './connection-settings.js';
import { type Entity, dataSourceOf } from './data-source.js';
import { DatabaseAway, driverFailure, isDatabaseAway, sqlState } from './database-away.js';
import { DeadLetters } from './dead-letters.js';
import { Housekeeping } from './housekeeping.js';
import { type Ids, RandomIds } from './ids.js';
import { Inbox } from './inbox.js';
import { type Migration, migrate } from './migrate.js';
import { Outbox } from './outbox.js';
import { PooledDatabase } from './pooled-database.js';
import { Transactions } from './transactions.js';
import type { Database, UnitOfWork } from './unit-of-work.js';

/** What a service says about its database. */
export interface PersistenceOptions {
  /** `postgres://muster_parameters:…@host/muster`: a role that owns the schema. */
  readonly url: string;
  readonly schema: string;
  readonly migrations: readonly Migration[];
  readonly entities: readonly Entity[];
  /** 3; hot services 8. */
  readonly poolSize?: number;
  /** 5,000 */
  readonly statementTimeoutMs?: number;
  /** 5,000 */
  readonly connectTimeoutMs?: number;
  /** How long to wait for the database at the start: 60,000 */
  readonly startWithinMs?: number;
  /** Gives up a start that still waits. */
  readonly signal?: AbortSignal;
  /** Most unpublished events: 100,000 */
  readonly outboxLimit?: number;
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** A migrated, connected schema. */
export interface Persistence {
  readonly dataSource: DataSource;
  readonly database: Database;
  readonly unitOfWork: UnitOfWork;
  readonly pool: pg.Pool;
  readonly outbox: Outbox;
  readonly auditTrail: AuditTrail;
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  readonly housekeeping: Housekeeping;
  readonly locks: AdvisoryLocks;
  readonly clock: Clock;
  readonly ids: Ids;
  /** A real round trip. @throws DatabaseAway */
  ready(): Promise<void>;
  /** Lets go of locks and connections; what still runs on them fails. */
  close(): Promise<void>;
}

/** Waits for the database, migrates the schema and opens it. */
export async function openPersistence(options: PersistenceOptions): Promise<Persistence> {
  const settings: ConnectionSettings = {
    url: options.url,
    schema: options.schema,
    poolSize: options.poolSize ?? 3,
    statementTimeoutMs: options.statementTimeoutMs ?? 5_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    applicationName: `muster-${options.schema}`,
  };
  const dataSource = await untilThere(options.startWithinMs ?? 60_000, options.signal, async () => {
    await migrate(settings, options.migrations);
    return dataSourceOf(settings, { entities: options.entities }).initialize();
  });

  const pool = (dataSource.driver as unknown as { master: pg.Pool }).master;
  const clock = options.clock ?? new SystemClock();
  const ids = options.ids ?? new RandomIds(clock);
  const database = new PooledDatabase(pool);
  const outbox = new Outbox(database, options.outboxLimit ?? 100_000);
  const { schema } = options;
  const auditTrail = new AuditTrail(schema, database, outbox, (announced) => cloudEvent(announced, clock, ids));
  const locks = new AdvisoryLocks(connectionConfig(settings), settings.schema);
  return {
    dataSource,
    database,
    unitOfWork: new Transactions(schema, dataSource, pool, database, outbox, clock, ids),
    pool,
    outbox,
    auditTrail,
    inbox: new Inbox(),
    deadLetters: new DeadLetters(ids),
    housekeeping: new Housekeeping(database, outbox),
    locks,
    clock,
    ids,
    ready: async () => void (await database.named('ready', 'SELECT 1 AS ready')),
    close: async () => {
      await locks.close();
      if (dataSource.isInitialized) await dataSource.destroy();
    },
  };
}

async function untilThere<T>(withinMs: number, signal: AbortSignal | undefined, open: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      return await open();
    } catch (error) {
      if (!startsLater(error) || performance.now() + wait > deadline) throw error;
      log('persistence').info({ err: error }, 'waiting for the database');
      await sleep(wait, undefined, { signal });
    }
  }
}

// While connecting, what is not Postgres' own answer is trouble with the network; our own mistakes are no such errors.
function startsLater(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return false;
  // Postgres answered, directly or through TypeORM: a migration with a mistake never becomes right by waiting.
  if (sqlState(error) !== undefined) return isDatabaseAway(error);
  const hasCode = typeof (error as { code?: unknown }).code === 'string';
  return isDatabaseAway(error) || (hasCode && driverFailure(error) instanceof DatabaseAway);
}
