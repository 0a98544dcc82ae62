import { log } from '@muster/telemetry';
import { DataSource } from 'typeorm';

import { lockKey } from './advisory-locks.js';
import { type ConnectionSettings } from './connection-settings.js';
import { CreateInfrastructure1700000000000 } from './migrations/1700000000000-create-infrastructure.js';
import { PlaceInbox1700000000001 } from './migrations/1700000000001-place-inbox.js';
import { FewerOutboxIndexes1700000000002 } from './migrations/1700000000002-fewer-outbox-indexes.js';
import { dataSourceOf } from './data-source.js';

/** A TypeORM migration class; its name ends in the 13 digits of its time. */
export type Migration = new () => import('typeorm').MigrationInterface;

/** What every service's schema gets before its own migrations. */
export const infrastructureMigrations: readonly Migration[] = [
  CreateInfrastructure1700000000000,
  PlaceInbox1700000000001,
  FewerOutboxIndexes1700000000002,
];

const LONGEST_MS = 10 * 60_000;

/**
 * Brings a schema up to these migrations. One replica does it under an advisory lock; the others wait until the schema is
 * theirs. A schema that is ahead (a newer replica was here) is fine: migrations expand before they contract.
 */
export async function migrate(settings: ConnectionSettings, own: readonly Migration[]): Promise<void> {
  const dataSource = dataSourceOf(
    { ...settings, poolSize: 2, statementTimeoutMs: LONGEST_MS },
    { migrations: [...infrastructureMigrations, ...own], entities: [] },
  );
  await dataSource.initialize();
  try {
    if (await isCurrent(dataSource)) return;
    await underLock(dataSource, settings.schema, async () => {
      for (const done of await dataSource.runMigrations({ transaction: 'each' })) {
        log('persistence').info({ schema: settings.schema, migration: done.name }, 'migrated');
      }
    });
  } finally {
    await dataSource.destroy();
  }
}

async function isCurrent(dataSource: DataSource): Promise<boolean> {
  const [table] = await dataSource.query<{ there: boolean }[]>(`SELECT to_regclass('migration') IS NOT NULL AS there`);
  if (!table?.there) return false;
  const rows = await dataSource.query<{ name: string }[]>(`SELECT name FROM migration`);
  const applied = new Set(rows.map((each) => each.name));
  return dataSource.migrations.every((each) => applied.has(each.name ?? each.constructor.name));
}

async function underLock(dataSource: DataSource, schema: string, work: () => Promise<void>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const key = lockKey(schema, 'migrate').toString();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [key]);
    try {
      await work();
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [key]);
    }
  } finally {
    await runner.release();
  }
}
