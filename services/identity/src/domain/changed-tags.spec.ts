import fc from 'fast-check';

import { sortedTags, withTags, withoutTags } from './changed-tags.js';

const key = fc.stringMatching(/^[a-zA-Z]{1,3}$/);
const tag = fc.record({ Key: key, Value: fc.string() });
const distinct = fc.uniqueArray(tag, { selector: ({ Key }) => Key.toLowerCase(), maxLength: 10 });

describe('tags', () => {
  it('are the same key in upper and lower case, and the last spelling stays', () => {
    expect(withTags({ Team: 'a', other: 'b' }, [{ Key: 'team', Value: 'c' }])).toEqual({ team: 'c', other: 'b' });
    expect(withoutTags({ Team: 'a', other: 'b' }, ['TEAM'])).toEqual({ other: 'b' });
  });

  it('are refused twice, reserved, or above fifty', () => {
    const twice = [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ];
    expect(() => withTags({}, twice)).toThrow(/Duplicate tag keys/);
    expect(() => withTags({}, [{ Key: 'aws:x', Value: '' }])).toThrow(/reserved/);
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, '']));
    expect(() => withTags(fifty, [{ Key: 'more', Value: '' }])).toThrow(/50/);
    expect(Object.keys(withTags(fifty, [{ Key: 'k7', Value: 'new' }]))).toHaveLength(50);
  });

  it('never hold a key twice, and hold what was added until it is removed', () => {
    fc.assert(
      fc.property(distinct, distinct, (before, added) => {
        const tags = withTags(withTags({}, before), added);
        const keys = Object.keys(tags).map((each) => each.toLowerCase());
        expect(new Set(keys).size).toBe(keys.length);
        for (const { Key, Value } of added) expect(tags[Key]).toBe(Value);
        const left = withoutTags(
          tags,
          added.map(({ Key }) => Key),
        );
        expect(sortedTags(left)).toEqual(
          sortedTags(
            withoutTags(
              withTags({}, before),
              added.map(({ Key }) => Key),
            ),
          ),
        );
      }),
    );
  });
});
