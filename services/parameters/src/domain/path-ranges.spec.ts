import fc from 'fast-check';

import { parentOf } from './parameter-name.js';
import {
  type PathRange,
  beginningWith,
  everyPath,
  following,
  inLevel,
  onlyPath,
  rangesInBoth,
  underLevel,
} from './path-ranges.js';

const level = fc.stringMatching(/^[aZ0_.-]{1,2}$/);
const path = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => `/${levels.join('/')}`);

/** A range, and what it says in words. */
const said = fc.oneof(
  path.map((p) => ({ range: onlyPath(p), holds: (x: string) => x === p })),
  path.map((p) => ({ range: beginningWith(p), holds: (x: string) => x.startsWith(p) })),
  path.map((p) => ({ range: underLevel(p), holds: (x: string) => x.startsWith(`${p}/`) })),
  path.map((p) => ({ range: inLevel(p), holds: (x: string) => parentOf(x) === p })),
  fc.constant({ range: underLevel('/'), holds: () => true }),
  fc.constant({ range: inLevel('/'), holds: (x: string) => parentOf(x) === '/' }),
  fc.constant({ range: everyPath, holds: () => true }),
);

function holds(range: PathRange, x: string): boolean {
  return range.from <= x && x < range.below && (range.level === undefined || range.level === parentOf(x));
}

describe('ranges of paths', () => {
  it('hold what they say, and nothing else', () => {
    fc.assert(
      fc.property(said, path, (each, x) => {
        expect(holds(each.range, x)).toBe(each.holds(x));
      }),
      { numRuns: 500 },
    );
  });

  it('hold together what both sides say, each path in one range', () => {
    const some = fc.array(said, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(some, some, fc.array(path, { maxLength: 10 }), (a, b, paths) => {
        const both = rangesInBoth(
          a.map((each) => each.range),
          b.map((each) => each.range),
        );
        const levels = new Set(both.map((each) => each.level));
        for (const x of paths) {
          const expected = a.some((each) => each.holds(x)) && b.some((each) => each.holds(x));
          const holding = both.filter((range) => holds(range, x));
          expect(holding.length > 0).toBe(expected);
          // A level's range and a deep one may overlap; those of one kind do not.
          if (levels.size === 1) expect(holding.length).toBeLessThan(2);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('go on behind a path without leaving one out', () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(other >= following(one)).toBe(other > one);
      }),
    );
  });
});
