import type { Shape } from '../api-model.js';
import { models } from '../models.js';
import { ownRules } from './own-rules.js';
import { compilePattern } from './pattern.js';

describe('a pattern of a model', () => {
  it('is about the whole value', () => {
    expect(compilePattern('[a-z]+').test('abc')).toBe(true);
    expect(compilePattern('[a-z]+').test('abc1')).toBe(false);
    expect(compilePattern('a|b').test('ab')).toBe(false);
  });

  it('takes (?i), \\p{…} and escapes that only Java knows', () => {
    expect(compilePattern('(?i)all|[0-9]{12}').test('ALL')).toBe(true);
    expect(compilePattern('^[\\p{L}\\p{Z}]*$').test('Zoë Ω')).toBe(true);
    expect(compilePattern('[\\p{Alnum}_]+').test('a_1')).toBe(true);
  });

  const patterned = new Map<string, Shape>();
  for (const { shapes } of Object.values(models)) {
    for (const shape of Object.values(shapes as Record<string, Shape>)) {
      if (shape.pattern !== undefined) patterned.set(`${shape.pattern} up to ${shape.max ?? 'any length'}`, shape);
    }
  }

  it('compiles, all of them', () => {
    expect(patterned.size).toBeGreaterThan(150);
    for (const shape of patterned.values()) expect(compilePattern(shape.pattern!)).toBeInstanceOf(RegExp);
  });

  it('cannot be kept busy by a value, none of them', () => {
    const slow = [...patterned].flatMap(([name, shape]) => {
      const rules = ownRules(shape);
      return attacks(Math.min(shape.max ?? 10_000, 10_000))
        .filter((value) => tooSlow(() => rules.forEach((rule) => rule.holds(value))))
        .map((value) => `${name}: ${value.slice(0, 40)}… (${value.length})`);
    });
    expect(slow).toEqual([]);
  });

  /** A quadratic search through 10,000 characters takes several times as long; a busy machine slows one try, not three. */
  function tooSlow(work: () => void): boolean {
    for (let attempt = 0; attempt < 3; attempt++) {
      const start = performance.now();
      work();
      if (performance.now() - start < 50) return false;
    }
    return true;
  }

  const attacksOf = new Map<number, string[]>();

  /** Long runs of what patterns repeat, ended by what they do not take. */
  function attacks(length: number): string[] {
    const known = attacksOf.get(length);
    if (known) return known;
    const starts = [
      '',
      'arn:aws:',
      'arn:aws:iam::123456789012:role/',
      's3://a',
      'https://a',
      'aws.partner',
      '/',
      '$.a',
      'tag:',
      'AWS:',
    ];
    const repeated = [
      'a',
      ' ',
      '-',
      '/',
      '.',
      'a-',
      'a.',
      '/a',
      '0',
      ':',
      'a ',
      '\t a',
      '%41',
      '[0]',
      '.a[0]',
      'aA0 ',
      'é',
      '|aaa',
    ];
    const ends = ['', '\u0001', '\u0001a'];
    const made = starts.flatMap((start) =>
      repeated.flatMap((unit) =>
        ends.map((end) => (start + unit.repeat(length)).slice(0, Math.max(0, length - end.length)) + end),
      ),
    );
    attacksOf.set(length, made);
    return made;
  }

  it('with a tamed twin means the same', () => {
    const original = '^[ \\t]*[\\x20-\\x7E]+([ \\t]+[\\x20-\\x7E]+)*[ \\t]*$';
    for (const value of ['', ' ', '\t', 'a', '\ta\t b\t', 'a\u0001', '\t\t', 'é']) {
      expect(compilePattern(original).test(value)).toBe(new RegExp(original).test(value));
    }
    const header = '^[ \\t]*[^\\x00-\\x1F:\\x7F]+([ \\t]+[^\\x00-\\x1F:\\x7F]+)*[ \\t]*$';
    for (const value of ['', ' ', '\t', 'a', '\ta\t b\t', 'a:', '\t\t', 'é', 'a\u007f']) {
      expect(compilePattern(header).test(value)).toBe(new RegExp(header).test(value));
    }
  });
});
