import type { Database, Queries } from '@muster/persistence';

/** A column of texts that are sealed under the root key: `v1.<root key id>.…`. */
export interface SealedColumn {
  readonly table: string;
  /** Columns of the primary key, and their types. */
  readonly key: Readonly<Record<string, 'text' | 'integer'>>;
  readonly column: string;
}

/**
 * All of them. What is sealed somewhere else is not brought under a new root key, and is lost with the old one. Each has an
 * index on the root key's id: `split_part(column, '.', 2)`.
 */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'access_key', key: { id: 'text' }, column: 'sealed_secret' },
  { table: 'session', key: { access_key_id: 'text' }, column: 'sealed_secret' },
  { table: 'kms_key_version', key: { key_id: 'text', version: 'integer' }, column: 'sealed_material' },
];

/** Whether the database holds anything that a root key sealed. */
export async function isAnythingSealed(database: Database): Promise<boolean> {
  const any = sealedColumns.map(({ table, column }) => `EXISTS (SELECT FROM ${table} WHERE ${column} IS NOT NULL)`);
  const [row] = await database.query<{ sealed: boolean }>(`SELECT ${any.join(' OR ')} AS sealed`);
  return row!.sealed;
}

/** A sealed text and where it lies. */
export interface SealedRow {
  readonly key: readonly string[];
  readonly sealed: string;
}

/** Some of what these root keys sealed, locked until the end of the transaction; what another one has locked is left out. */
export async function lockSealedBy(
  tx: Queries,
  { table, key, column }: SealedColumn,
  rootKeyIds: readonly string[],
  limit: number,
): Promise<SealedRow[]> {
  return tx.query<SealedRow>(
    `SELECT ARRAY[${Object.keys(key)
      .map((each) => `${each}::text`)
      .join(', ')}] AS key, ${column} AS sealed FROM ${table}
      WHERE split_part(${column}, '.', 2) = ANY ($1::text[]) LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [rootKeyIds, limit],
  );
}

/** Puts each text where the old one lay. */
export async function replaceSealed(tx: Queries, place: SealedColumn, rows: readonly SealedRow[]): Promise<void> {
  const { table, key, column } = place;
  const names = Object.keys(key);
  const arrays = names.map((each, index) => `$${index + 2}::${key[each]}[]`);
  await tx.query(
    `UPDATE ${table} t SET ${column} = n.sealed
       FROM unnest($1::text[], ${arrays.join(', ')}) AS n (sealed, ${names.map((each) => `k_${each}`).join(', ')})
      WHERE ${names.map((each) => `t.${each} = n.k_${each}`).join(' AND ')}`,
    [rows.map((row) => row.sealed), ...names.map((_each, index) => rows.map((row) => row.key[index]))],
  );
}

/** How many texts lie under root keys that are not among these. */
export async function countSealedByOthers(queries: Queries, rootKeyIds: readonly string[]): Promise<number> {
  const counts = sealedColumns.map(
    ({ table, column }) =>
      `(SELECT count(*) FROM ${table} WHERE ${column} IS NOT NULL AND split_part(${column}, '.', 2) <> ALL ($1::text[]))`,
  );
  const [row] = await queries.query<{ others: string }>(`SELECT ${counts.join(' + ')} AS others`, [rootKeyIds]);
  return Number(row!.others);
}
