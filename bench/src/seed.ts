import type pg from 'pg';

/** Parameters in each level. */
export const levelSize = 10;

/**
 * Adds copies of a parameter that exists until so many lie below a path, ten in each level, by SQL: as many calls would take
 * hours. Whatever columns there are go along.
 */
export async function seed(
  database: pg.Client,
  template: string,
  below: string,
  from: number,
  to: number,
): Promise<void> {
  const step = 50_000;
  for (let at = from; at < to; at += step) {
    const end = Math.min(at + step, to);
    await database.query(
      `WITH numbers AS MATERIALIZED (
         SELECT gen_random_uuid() AS id, $2::text || '/' || lpad((n / ${levelSize})::text, 7, '0') AS level, n % ${levelSize} AS place
         FROM generate_series($3::int, $4::int - 1) AS n
       ), made AS (
         INSERT INTO parameters.parameter
         SELECT (jsonb_populate_record(p, jsonb_build_object('id', numbers.id, 'parent', level,
           'path', level || '/' || place, 'name', level || '/' || place))).*
         FROM parameters.parameter p, numbers WHERE p.path = $1 COLLATE "C"
       )
       INSERT INTO parameters.parameter_version
       SELECT (jsonb_populate_record(v, jsonb_build_object('parameter_id', numbers.id))).*
       FROM parameters.parameter p
       JOIN parameters.parameter_version v ON v.parameter_id = p.id AND v.number = p.version, numbers
       WHERE p.path = $1 COLLATE "C"`,
      [template, below, at, end],
    );
  }
  await database.query('ANALYZE parameters.parameter, parameters.parameter_version');
}

/** Levels spread over all that was seeded. */
export function levels(below: string, count: number, many = 1_000): string[] {
  const all = Math.floor(count / levelSize);
  const step = Math.max(1, Math.floor(all / many));
  return Array.from({ length: Math.min(many, all) }, (_, index) => `${below}/${String(index * step).padStart(7, '0')}`);
}
