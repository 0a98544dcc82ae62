import fc from 'fast-check';

import { compileGlob, globOf, literalGlob, matchesWildcard } from './wildcard.js';

describe('wildcards', () => {
  it.each([
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'ac', true],
    ['a*c', 'acb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['**', 'x', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['a', 'A', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['a*', 'b', false],
  ])('%p matches %p: %p', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it('treat the colons of ARNs as borders, except for a star that ends its segment', () => {
    const matches = (pattern: string, text: string) => matchesWildcard(pattern, text, { segments: true });
    expect(matches('arn:aws:ssm:*:1:parameter/x', 'arn:aws:ssm:eu-west-1:1:parameter/x')).toBe(true);
    expect(matches('arn:aws:ssm:u?:1:x', 'arn:aws:ssm:u::1:x')).toBe(false);
    expect(matches('arn:aws:ssm:a*b:1:x', 'arn:aws:ssm:a:b:1:x')).toBe(false);
    expect(matches('arn:aws:logs:r:1:group*', 'arn:aws:logs:r:1:group:stream')).toBe(true);
  });

  it('say the same as a regular expression', () => {
    const piece = fc.constantFrom('a', 'b', ':', '*', '?');
    const texts = fc.array(fc.constantFrom('a', 'b', ':'), { maxLength: 12 }).map((chars) => chars.join(''));
    const patterns = fc.array(piece, { maxLength: 8 }).map((chars) => chars.join(''));
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const regular = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcard(pattern, text)).toBe(regular.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('say the same as a regular expression where colons are borders', () => {
    const piece = fc.constantFrom('a', ':', '*', '?');
    const texts = fc.array(fc.constantFrom('a', ':'), { maxLength: 9 }).map((chars) => chars.join(''));
    const patterns = fc.array(piece, { maxLength: 9 }).map((chars) => chars.join(''));
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const one = pattern.replaceAll(/\*+/g, '*');
        const star = (place: number) => (place === one.length - 1 || one[place + 1] === ':' ? '.*' : '[^:]*');
        const regular = Array.from(one, (unit, place) => (unit === '*' ? star(place) : unit === '?' ? '[^:]' : unit));
        const expected = new RegExp(`^${regular.join('')}$`).test(text);
        expect(matchesWildcard(pattern, text, { segments: true })).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
  });

  it('take a star that is meant as itself as a character', () => {
    const glob = [...globOf('a*'), ...literalGlob('*?')];
    expect(compileGlob(glob)('ab*?')).toBe(true);
    expect(compileGlob(glob)('ab*x')).toBe(false);
  });

  it('stay quick on patterns that make backtracking explode', () => {
    const started = process.hrtime.bigint();
    expect(matchesWildcard('*a'.repeat(200) + 'b', 'a'.repeat(2000))).toBe(false);
    expect(matchesWildcard('*a?'.repeat(100) + 'b', 'a'.repeat(2000))).toBe(false);
    expect(matchesWildcard('*:a?'.repeat(100) + 'b', ':aa'.repeat(700), { segments: true })).toBe(false);
    // Longer than any ARN: a policy has room for it, and is asked about a thousand resources in one call.
    const arn = `arn:aws:ssm:us-east-1:123456789012:parameter/${'a'.repeat(960)}`;
    const long = compileGlob(globOf(`arn:aws:ssm:*:*:parameter/${'*?'.repeat(3000)}b`), { segments: true });
    for (let n = 0; n < 1000; n++) expect(long(arn)).toBe(false);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(1000);
  });
});
