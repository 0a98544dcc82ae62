import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import pg from 'pg';

/** Tables that every schema has, described once: in libs/persistence. */
const INFRASTRUCTURE = ['outbox', 'inbox', 'dead_letter', 'answered_call', 'migration'];

/**
 * Checks that a service's committed `schema.sql` says what its migrations make, so that a review sees what changes. A file
 * that differs is written anew, and the test fails: look at the difference and commit it.
 */
export async function expectSchemaFile(
  databaseUrl: string,
  schema: string,
  file: URL,
  leaveOut: readonly string[] = INFRASTRUCTURE,
): Promise<void> {
  const made = await schemaSql(databaseUrl, schema, leaveOut);
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (made === committed) return;
  writeFileSync(file, made);
  throw new Error(`${file.pathname} was not what the migrations make. It is now: look at it and commit it.`);
}

interface Table {
  name: string;
  /** Storage parameters, such as `fillfactor=70`. */
  options: string | null;
  lines: string[];
  indexes: string[] | null;
}

/** A schema as SQL, read from pg_catalog: tables by name, columns in their order, then indexes. */
async function schemaSql(databaseUrl: string, schema: string, leaveOut: readonly string[]): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Without it, names come with their schema.
    await client.query(`SET search_path = ${client.escapeIdentifier(schema)}`);
    const { rows } = await client.query<Table>(TABLES, [schema, leaveOut]);
    const tables = rows.map(({ name, options, lines, indexes }) => {
      const table = `CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)${options ? ` WITH (${options})` : ''};`;
      return [table, ...(indexes ?? []).map((each) => `${each.replace(` ON ${schema}.`, ' ON ')};`)].join('\n');
    });
    return `-- What the migrations make. Written by a test; do not edit.\n\n${tables.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}

const TABLES = `
SELECT t.relname AS name, array_to_string(t.reloptions, ', ') AS options,
  (SELECT array_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attcollation <> y.typcollation THEN 'COLLATE ' || quote_ident(c.collname) END,
      CASE WHEN a.attnotnull THEN 'NOT NULL' END,
      'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum)
   FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped)
  || coalesce((SELECT array_agg('CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid) ORDER BY contype DESC, conname)
     FROM pg_constraint WHERE conrelid = t.oid AND contype <> 'n'), '{}') AS lines,
  (SELECT array_agg(pg_get_indexdef(i.indexrelid) ORDER BY pg_get_indexdef(i.indexrelid))
   FROM pg_index i WHERE i.indrelid = t.oid
     AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND conrelid = t.oid)) AS indexes
FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = $1 AND t.relkind IN ('r', 'p') AND t.relname <> ALL ($2)
ORDER BY t.relname`;
