import { log } from '@muster/telemetry';
import pg from 'pg';
import { DataSource } from 'typeorm';

import { type ConnectionSettings, connectionConfig } from './connection-settings.js';
import { SnakeNaming } from './snake-naming.js';
import { SteadyClient } from './steady-client.js';

/** An entity class. */
export type Entity = abstract new (...args: never[]) => object;

/** TypeORM over `pg`, never synchronising, in one schema. Not yet connected. */
export function dataSourceOf(
  settings: ConnectionSettings,
  what: { entities: readonly Entity[]; migrations?: readonly (new () => object)[] },
): DataSource {
  return new DataSource({
    type: 'postgres',
    driver: pg,
    schema: settings.schema,
    entities: [...what.entities] as never[],
    migrations: [...(what.migrations ?? [])] as never[],
    migrationsTableName: 'migration',
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    installExtensions: false,
    logging: false,
    // An idle connection that breaks is replaced when the next one is needed.
    poolErrorHandler: (error: unknown) =>
      log('persistence').warn({ reason: String(error) }, 'an idle connection was lost'),
    // A statement is sent without waiting for the answer to the one before: commits that share a transaction do so.
    extra: { ...connectionConfig(settings), Client: SteadyClient, pipeline: true },
  });
}
