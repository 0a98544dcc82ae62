import { compilable } from './compilable-pattern.js';

const matches = (pattern: string, value: string) => {
  const { source, flags } = compilable(pattern);
  return new RegExp(source, flags).test(value);
};

describe('an allowed pattern', () => {
  it('is about the whole value', () => {
    expect(matches('\\d+', '123')).toBe(true);
    expect(matches('\\d+', '123a')).toBe(false);
    expect(matches('^\\d+$', '123')).toBe(true);
    expect(matches('a|b', 'ab')).toBe(false);
  });

  it("may be written in Java's way", () => {
    expect(matches('(?i)abc', 'ABC')).toBe(true);
    expect(matches('(?is)a.c', 'A\nC')).toBe(true);
    expect(matches('\\Aabc\\z', 'abc')).toBe(true);
    expect(matches('\\p{L}+', 'äß')).toBe(true);
    expect(matches('a\\\\z', 'a\\z')).toBe(true);
  });
});
