import { createDeployment, databaseUrl } from '@muster/embedded';
import pg from 'pg';

import type { Stack } from '../stack.js';

/** What every table of a stack holds, as a hash by table: whether anything was changed. */
export class Rows {
  private readonly database: pg.Client;

  constructor(stack: Stack) {
    const { databasePasswords } = createDeployment(stack.home, { accountId: '123456789012' });
    const password = encodeURIComponent(databasePasswords['superuser']!);
    const admin = `postgres://muster:${password}@127.0.0.1:${stack.ready.ports.postgres}/postgres`;
    this.database = new pg.Client({ connectionString: databaseUrl(admin, 'muster') });
  }

  open(): Promise<unknown> {
    return this.database.connect();
  }

  close(): Promise<void> {
    return this.database.end();
  }

  /** @param without tables that change by themselves or are meant to, as `schema.table` or `table` */
  async hashes(without: readonly string[] = []): Promise<Record<string, string>> {
    const { rows } = await this.database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const hashes: Record<string, string> = {};
    for (const { name } of rows) {
      if (without.includes(name) || without.includes(name.split('.')[1]!)) continue;
      const found = await this.database.query<{ hash: string | null }>(
        `SELECT md5(string_agg(each, ' ' ORDER BY each)) AS hash FROM (SELECT t::text AS each FROM ${name} t) AS all_rows`,
      );
      hashes[name] = found.rows[0]!.hash ?? 'empty';
    }
    return hashes;
  }

  async query<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.database.query<R>(sql, [...values])).rows;
  }
}
