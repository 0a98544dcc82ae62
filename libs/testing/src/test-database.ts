import { createHash, randomBytes } from 'node:crypto';

import { databaseUrl, serviceDatabaseUrl, setUpDatabase } from '@muster/embedded';
import { migrate, type Migration } from '@muster/persistence';
import pg from 'pg';

import type { TestPostgres } from './test-servers.js';

/** A schema of a service and what makes it. */
export interface TestSchema {
  readonly name: string;
  /** Oldest first. */
  readonly migrations: readonly Migration[];
}

/** A database of one test file. */
export interface TestDatabase {
  /** The superuser's. */
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * A migrated database of its own, cloned from a template that is made once for each set of schemas: a clone takes a
 * twentieth of the migrations.
 */
export async function testDatabase(server: TestPostgres, schemas: readonly TestSchema[]): Promise<TestDatabase> {
  const passwords = passwordsFor(server, schemas);
  const services = schemas.map(({ name }) => name);
  const name = `test_${randomBytes(8).toString('hex')}`;

  await withClient(server.adminUrl, async (client) => {
    const template = templateName(schemas);
    // One test file makes it; the others wait here.
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (!rowCount) {
      const unfinished = `${template}_unfinished`;
      await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
      const url = await setUpDatabase({ adminUrl: server.adminUrl, database: unfinished, services, passwords });
      for (const schema of schemas) await migrate(settingsOf(url, schema.name, passwords), schema.migrations);
      await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
    }
    await client.query('SELECT pg_advisory_unlock(hashtext($1))', [template]);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  // Who may connect is not cloned.
  const url = await setUpDatabase({ adminUrl: server.adminUrl, database: name, services, passwords });
  return {
    url,
    drop: () =>
      withClient(server.adminUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** Passwords of the roles: those of the server, and others for schemas that the product does not know. */
export function passwordsFor(server: TestPostgres, schemas: readonly TestSchema[]): Record<string, string> {
  return { ...Object.fromEntries(schemas.map(({ name }) => [name, `${name}-of-tests`])), ...server.passwords };
}

function templateName(schemas: readonly TestSchema[]): string {
  const set = schemas.map(({ name, migrations }) => [name, ...migrations.map((each) => each.name)].join(','));
  return `template_${createHash('sha256').update(set.sort().join(';')).digest('hex').slice(0, 16)}`;
}

function settingsOf(url: string, schema: string, passwords: Record<string, string>): Parameters<typeof migrate>[0] {
  return {
    url: serviceDatabaseUrl(url, schema, passwords[schema] ?? ''),
    schema,
    poolSize: 2,
    statementTimeoutMs: 60_000,
    connectTimeoutMs: 10_000,
    applicationName: 'muster-testing',
  };
}

async function withClient(adminUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl(adminUrl, 'postgres'),
    connectionTimeoutMillis: 10_000,
  });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
