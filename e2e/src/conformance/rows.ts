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

  /** Resolves when what a start brings along (the public parameters that are shipped) lies there and is announced. */
  async settled(): Promise<void> {
    for (;;) {
      const [left] = await this.query(
        `SELECT FROM (SELECT 1) one WHERE NOT EXISTS (SELECT FROM parameters.public_catalogue)
           OR EXISTS (SELECT FROM parameters.outbox WHERE published_at IS NULL)`,
      );
      const before = JSON.stringify(await this.hashes(['registry.observation', 'registry.presence']));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const after = JSON.stringify(await this.hashes(['registry.observation', 'registry.presence']));
      if (!left && before === after) return;
    }
  }

  /** The tables in which a text stands, whatever the column. */
  async holding(text: string): Promise<string[]> {
    const names = await this.tables();
    const held: string[] = [];
    for (const name of names) {
      const { rows } = await this.database.query(
        `SELECT FROM ${name} t WHERE position($1 IN t::text) > 0 OR position($2 IN t::text) > 0 LIMIT 1`,
        [text, Buffer.from(text).toString('hex')],
      );
      if (rows.length > 0) held.push(name);
    }
    return held;
  }

  /** @param without tables that change by themselves or are meant to, as `schema.table` or `table` */
  async hashes(without: readonly string[] = []): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {};
    for (const name of await this.tables()) {
      if (without.includes(name) || without.includes(name.split('.')[1]!)) continue;
      const found = await this.database.query<{ hash: string | null }>(
        `SELECT md5(string_agg(each, ' ' ORDER BY each)) AS hash FROM (SELECT t::text AS each FROM ${name} t) AS all_rows`,
      );
      hashes[name] = found.rows[0]!.hash ?? 'empty';
    }
    return hashes;
  }

  private async tables(): Promise<string[]> {
    const { rows } = await this.database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  async query<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.database.query<R>(sql, [...values])).rows;
  }
}
