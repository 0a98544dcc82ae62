/**
 * Paths from one, inclusively, to another, exclusively, by code points; only those of one level if there is a `level`. What is
 * asked of names becomes ranges, so that an index finds them.
 */
export interface PathRange {
  readonly level?: string;
  readonly from: string;
  readonly below: string;
}

/** Behind everything that begins with a path: names have no character as high. */
const HIGH = '\x7f';
/** Before everything that begins with a path and goes on: names have no character as low. */
const LOW = '\x01';

/** Nothing can be left out: this range holds every path. */
export const everyPath: PathRange = { from: '/', below: `/${HIGH}` };

/** The path alone. */
export function onlyPath(path: string): PathRange {
  return { from: path, below: path + LOW };
}

/** All that begin with it, and itself. */
export function beginningWith(start: string): PathRange {
  return { from: start, below: start + HIGH };
}

/** All levels below one, without it. */
export function underLevel(level: string): PathRange {
  const prefix = level === '/' ? '/' : `${level}/`;
  return { from: prefix + LOW, below: prefix + HIGH };
}

/** What lies in a level itself. */
export function inLevel(level: string): PathRange {
  return { ...underLevel(level), level };
}

/** The first path that can follow this one. */
export function following(path: string): string {
  return path + LOW;
}

/** What lies in one of `a` and in one of `b`, each path once. */
export function rangesInBoth(a: readonly PathRange[], b: readonly PathRange[]): PathRange[] {
  return apart(a.flatMap((one) => b.flatMap((other) => inBoth(one, other))));
}

/** The same paths, each in one range only, in the order of levels and paths. */
export function apart(ranges: readonly PathRange[]): PathRange[] {
  const inOrder = [...ranges].sort((x, y) => compare(x.level ?? '', y.level ?? '') || compare(x.from, y.from));
  const result: PathRange[] = [];
  for (const range of inOrder) {
    const last = result.at(-1);
    if (last && last.level === range.level && range.from <= last.below) {
      if (range.below > last.below) result[result.length - 1] = { ...last, below: range.below };
    } else {
      result.push(range);
    }
  }
  return result;
}

function inBoth(a: PathRange, b: PathRange): PathRange[] {
  if (a.level !== undefined && b.level !== undefined && a.level !== b.level) return [];
  const from = a.from > b.from ? a.from : b.from;
  const below = a.below < b.below ? a.below : b.below;
  if (from >= below) return [];
  const level = a.level ?? b.level;
  return [{ ...(level === undefined ? {} : { level }), from, below }];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
