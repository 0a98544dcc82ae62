import { existsSync, readFileSync, writeFileSync } from 'node:fs';

import type { Queries } from '@muster/persistence';

/** Made by libs/persistence in every schema, and shown there. */
const INFRASTRUCTURE = ['answered_call', 'dead_letter', 'inbox', 'migration', 'outbox'];

interface Column {
  relation: string;
  options: string[] | null;
  name: string;
  type: string;
  collation: string | null;
  required: boolean;
  fallback: string | null;
}

interface Part {
  relation: string;
  definition: string;
}

/**
 * Writes what a schema looks like after all migrations to a file that is committed, so that a review sees what a migration
 * changed.
 * @returns `as committed`, or that it was written anew
 */
export async function schemaFile(database: Queries, schema: string, file: URL): Promise<string> {
  const text = await schemaText(database, schema);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return 'as committed';
  writeFileSync(file, text);
  return 'written anew: look at it and commit it';
}

/** The tables of a schema as SQL, read from Postgres' catalogue, always in the same order. */
async function schemaText(database: Queries, schema: string): Promise<string> {
  const values = [schema, INFRASTRUCTURE];
  const columns = await database.query<Column>(COLUMNS, values);
  const constraints = await database.query<Part>(CONSTRAINTS, values);
  const indexes = await database.query<Part>(INDEXES, values);
  const relations = [...new Set(columns.map((column) => column.relation))];
  const of = <P extends { relation: string }>(parts: P[], relation: string) =>
    parts.filter((part) => part.relation === relation);
  const tables = relations.map((relation) => {
    const own = of(columns, relation);
    const lines = [...own.map(columnText), ...of(constraints, relation).map((part) => part.definition)];
    const options = own[0]!.options ? ` WITH (${own[0]!.options.join(', ')})` : '';
    const table = `CREATE TABLE ${relation} (\n  ${lines.join(',\n  ')}\n)${options};\n`;
    return (
      table +
      of(indexes, relation)
        .map((part) => `${part.definition};\n`)
        .join('')
    );
  });
  return `-- Written by a test from the migrated database. Do not edit.\n\n${tables.join('\n')}`;
}

function columnText({ name, type, collation, required, fallback }: Column): string {
  return [
    name,
    type,
    collation === null ? '' : `COLLATE "${collation}"`,
    required ? 'NOT NULL' : '',
    fallback === null ? '' : `DEFAULT ${fallback}`,
  ]
    .filter(Boolean)
    .join(' ');
}

const COLUMNS = `
  SELECT c.relname AS relation, c.reloptions AS options, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
         CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS collation, a.attnotnull AS required,
         pg_get_expr(d.adbin, d.adrelid) AS fallback
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL ($2::text[])
   ORDER BY c.relname, a.attnum`;

// NOT NULL is a constraint of its own from Postgres 18 on; it stands with its column.
const CONSTRAINTS = `
  SELECT c.relname AS relation, 'CONSTRAINT ' || o.conname || ' ' || pg_get_constraintdef(o.oid) AS definition
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
   WHERE c.relnamespace = $1::regnamespace AND c.relname <> ALL ($2::text[]) AND o.contype <> 'n'
   ORDER BY c.relname, o.contype, o.conname`;

const INDEXES = `
  SELECT c.relname AS relation, replace(pg_get_indexdef(i.indexrelid), ' ON ' || $1 || '.', ' ON ') AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
   WHERE c.relnamespace = $1::regnamespace AND c.relname <> ALL ($2::text[])
     AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))
   ORDER BY c.relname, x.relname`;
