import fc from 'fast-check';

import { type DiffLine, lineDiff } from './line-diff.js';
import { valueDiff } from './value-diff.js';

const side = (lines: readonly DiffLine[], mark: DiffLine['Mark']) =>
  lines.filter((each) => each.Mark === 'Same' || each.Mark === mark).map((each) => each.Text);
const shown = (diff: ReturnType<typeof valueDiff>) =>
  diff.Lines?.map(({ Mark, Text }) => ({ Same: ' ', Removed: '-', Added: '+' })[Mark!] + Text);
const text = (value: string) => ({ type: 'String', value }) as const;

describe('the difference of two values', () => {
  it('holds both of them, whatever they are', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });
    fc.assert(
      fc.property(lines, lines, (from, to) => {
        const diff = lineDiff(from, to);
        expect(side(diff, 'Removed')).toEqual(from);
        expect(side(diff, 'Added')).toEqual(to);
      }),
    );
  });

  it('is nothing but same lines exactly when they are the same', () => {
    const value = fc.array(fc.constantFrom('a', 'b', '\n', ','), { maxLength: 20 }).map((each) => each.join(''));
    fc.assert(
      fc.property(value, value, (from, to) => {
        const diff = valueDiff(text(from), text(to));
        expect(diff.Changed).toBe(from !== to);
        expect(diff.Lines!.every((each) => each.Mark === 'Same')).toBe(from === to);
      }),
    );
  });

  it('keeps as many lines as it can', () => {
    expect(shown(valueDiff(text('a\nb\nc\nd'), text('a\nc\nx\nd')))).toEqual([' a', '-b', ' c', '+x', ' d']);
  });

  it('compares JSON by its members, whatever their order and spacing', () => {
    expect(shown(valueDiff(text('{"b":1,"a":[1]}'), text('{ "a": [1], "b": 2 }')))).toEqual([
      ' {',
      ' ' + '  "a": [',
      ' ' + '    1',
      ' ' + '  ],',
      '-' + '  "b": 1',
      '+' + '  "b": 2',
      ' }',
    ]);
    expect(valueDiff(text('{"a":1}'), text('{'))).toMatchObject({ Form: 'Text' });
  });

  it('compares lists by their items', () => {
    const list = (value: string) => ({ type: 'StringList', value }) as const;
    const diff = valueDiff(list('a,b,c'), list('a,c,d'));
    expect(diff.Form).toBe('List');
    expect(shown(diff)).toEqual([' a', '-b', ' c', '+d']);
  });

  it('says nothing of what must not be shown, not even whether it is the same', () => {
    expect(valueDiff({ type: 'SecureString', value: undefined }, text('x'))).toEqual({ Form: 'Hidden' });
  });

  it('of two long values that have nothing in common costs no more than showing both', () => {
    const long = (letter: string) => Array.from({ length: 8192 }, (_, index) => letter + (index % 7));
    const lines = lineDiff(long('a'), long('b'));
    expect(lines).toHaveLength(16_384);
  });
});
