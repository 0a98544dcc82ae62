import { ApiError } from '@muster/aws-protocol';
import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { type Scope, isPublicPath, publicScope } from '../domain/parameter-name.js';
import type { ParameterLikeness, ParameterQuery } from '../domain/parameter-query.js';
import { type PathRange, following } from '../domain/path-ranges.js';

/** Rows that one call looks at, at most: then it gives a page that may be short, and a position to go on from. */
const MOST_EXAMINED = 2000;
/** Rows that are looked at first: enough for a page where most of them match. */
const FIRST_EXAMINED = 100;
/** What a range costs in which there is little or nothing. */
const RANGE_COSTS = 20;

/** Where a page begins: in which range of the query, from which path on. */
export interface ScanPosition {
  readonly range: number;
  readonly from: string;
}

/** A page of matches, and where the next one begins; without, there is nothing more. */
export interface ScanPage<M> {
  readonly matches: M[];
  readonly next?: ScanPosition;
}

interface Match {
  readonly path: string;
}

interface Examined<M> {
  readonly matches: M[];
  /** How many rows were looked at, and the path of the last one. */
  readonly examined: number;
  readonly last: string | null;
}

/** @throws ApiError InvalidNextToken when a token, which anybody can make, says something else than a position */
export function scanPosition(said: unknown): ScanPosition | undefined {
  if (said === undefined) return undefined;
  const { range, from } = (typeof said === 'object' && said !== null ? said : {}) as Partial<ScanPosition>;
  if (Number.isSafeInteger(range) && range! >= 0 && typeof from === 'string' && !from.includes('\0')) {
    return { range: range!, from };
  }
  throw new ApiError('InvalidNextToken', 'The specified token is not valid.');
}

/**
 * Finds parameters by what they are like, in the order of their paths. The index finds where to look; what is found there is
 * looked at in steps that grow, so that a call costs the same however many parameters there are.
 */
@Injectable()
export class ParameterScan {
  constructor(private readonly database: Database) {}

  /**
   * @param columns what is selected of a match: of `p` (parameter) and `v` (its version)
   * @param name of the statements
   */
  async page<M extends Match>(
    scope: Scope,
    query: ParameterQuery,
    how: { position: ScanPosition | undefined; most: number; columns: string; name: string },
  ): Promise<ScanPage<M>> {
    const found: { match: M; range: number }[] = [];
    const all = Object.keys(query.like).length === 0;
    let budget = MOST_EXAMINED;
    let step = FIRST_EXAMINED;
    let position = how.position ?? { range: 0, from: '' };
    while (position.range < query.ranges.length && found.length <= how.most) {
      if (budget <= 0) return { matches: found.map(({ match }) => match), next: position };
      const range = query.ranges[position.range]!;
      const wanted = how.most + 1 - found.length;
      const take = Math.min(all ? wanted : step, budget);
      const from = position.from > range.from ? position.from : range.from;
      const part = { ...how, from, take, wanted };
      const { matches, examined, last } = all
        ? await this.take<M>(scope, range, part)
        : await this.examine<M>(scope, range, query.like, part);
      found.push(...matches.map((match) => ({ match, range: position.range })));
      budget -= Math.max(examined, RANGE_COSTS);
      step *= 2;
      position =
        examined < take ? { range: position.range + 1, from: '' } : { range: position.range, from: following(last!) };
    }
    const matches = found.slice(0, how.most).map(({ match }) => match);
    if (found.length <= how.most) return { matches };
    const end = found[how.most - 1]!;
    return { matches, next: { range: end.range, from: following(end.match.path) } };
  }

  /** Whatever is there matches. It costs two thirds of the other way. */
  private async take<M extends Match>(
    scope: Scope,
    range: PathRange,
    how: { name: string; columns: string; from: string; take: number },
  ): Promise<Examined<M>> {
    const level = range.level === undefined ? '$5::text IS NULL' : 'p.parent = $5';
    const matches = await this.database.named<M>(
      `${how.name}.all.${range.level === undefined ? 'deep' : 'level'}`,
      `SELECT ${how.columns} FROM parameter p JOIN parameter_version v ON v.parameter_id = p.id AND v.number = p.version
       WHERE p.account = $1 AND p.region = $2 AND p.path >= $3 AND p.path < $4 AND ${level} ORDER BY p.path LIMIT $6`,
      [ownerOf(range, scope).account, scope.region, how.from, range.below, range.level ?? null, how.take],
    );
    return { matches, examined: matches.length, last: matches.at(-1)?.path ?? null };
  }

  private async examine<M extends Match>(
    scope: Scope,
    range: PathRange,
    like: ParameterLikeness,
    how: { name: string; columns: string; from: string; take: number; wanted: number },
  ): Promise<Examined<M>> {
    // Whether there is a level is said in the text: one plan cannot be good for both.
    const level = range.level === undefined ? '$5::text IS NULL' : 'parent = $5';
    const rows = await this.database.named<M & { examined: number; last: string | null; path: string | null }>(
      `${how.name}.${range.level === undefined ? 'deep' : 'level'}`,
      `WITH examined AS MATERIALIZED (
         SELECT * FROM parameter WHERE account = $1 AND region = $2 AND path >= $3 AND path < $4 AND ${level}
         ORDER BY path LIMIT $6
       ), matching AS (
         SELECT ${how.columns} FROM examined p
         JOIN parameter_version v ON v.parameter_id = p.id AND v.number =
           CASE WHEN $14::text[] IS NULL THEN p.version
                ELSE (SELECT max(l.number) FROM parameter_label l WHERE l.parameter_id = p.id AND l.label = ANY ($14)) END
         WHERE ${likeness(8)}
         ORDER BY p.path LIMIT $7
       )
       SELECT (SELECT count(*)::int FROM examined) AS examined, (SELECT max(path) FROM examined) AS last, m.*
       FROM (SELECT 1) one LEFT JOIN matching m ON true ORDER BY m.path`,
      [
        ownerOf(range, scope).account,
        scope.region,
        how.from,
        range.below,
        range.level ?? null,
        how.take,
        how.wanted,
        ...likenessValues(like),
        like.labels ?? null,
      ],
    );
    const [{ examined, last }] = rows as [(typeof rows)[0]];
    return { matches: rows.filter((row) => row.path !== null), examined, last };
  }
}

/**
 * What makes `p` (parameter) and `v` (its version) like what is asked for.
 * @param first number of the first of the values, which `likenessValues` gives
 */
export function likeness(first: number): string {
  const [path, type, keyId, tier, dataType, tags] = [0, 1, 2, 3, 4, 5].map((each) => `$${first + each}`);
  return `(${path}::text[] IS NULL OR p.path LIKE ANY (${path}))
    AND (${type}::text[] IS NULL OR v.type LIKE ANY (${type}))
    AND (${keyId}::text[] IS NULL OR v.key_id LIKE ANY (${keyId}))
    AND (${tier}::text[] IS NULL OR v.tier LIKE ANY (${tier}))
    AND (${dataType}::text[] IS NULL OR v.data_type LIKE ANY (${dataType}))
    AND NOT EXISTS (
      SELECT FROM jsonb_to_recordset(${tags}) AS tag (key text, "like" text[])
      WHERE NOT coalesce(
        CASE WHEN tag."like" IS NULL THEN p.tags ? tag.key ELSE p.tags ->> tag.key LIKE ANY (tag."like") END, false))`;
}

/** The values of `likeness`, in their order. */
export function likenessValues(like: ParameterLikeness): unknown[] {
  return [
    like.path ?? null,
    like.type ?? null,
    like.keyId ?? null,
    like.tier ?? null,
    like.dataType ?? null,
    JSON.stringify(like.tags ?? []),
  ];
}

function ownerOf({ level, from }: PathRange, scope: Scope): Scope {
  return isPublicPath(level ?? from) ? publicScope(scope) : scope;
}
