import { randomBytes } from 'node:crypto';

import { databaseUrl } from '@muster/embedded';
import pg from 'pg';

/** An empty schema with a role that owns it, in the server's own database. */
export interface EmptySchema {
  readonly url: string;
  readonly schema: string;
  /** Ends every connection of the role, as a crash of Postgres does. */
  cut(): Promise<void>;
}

/** Makes one. Nobody drops it: the server ends with the run. */
export async function aSchema(adminUrl: string): Promise<EmptySchema> {
  const schema = `t_${randomBytes(6).toString('hex')}`;
  await asAdmin(
    adminUrl,
    `CREATE ROLE ${schema} LOGIN PASSWORD 'of-tests'; CREATE SCHEMA ${schema} AUTHORIZATION ${schema};
     GRANT CONNECT ON DATABASE postgres TO ${schema}`,
  );
  const url = new URL(databaseUrl(adminUrl, 'postgres'));
  url.username = schema;
  url.password = 'of-tests';
  return {
    url: url.toString(),
    schema,
    cut: () => asAdmin(adminUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${schema}'`),
  };
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(adminUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
