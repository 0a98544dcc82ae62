import { elapsedTime } from './elapsed-time.js';
import { firstCharacters, listOutput, SHOWN_IN_LISTS, SHOWN_STDERR, withReason } from './output-text.js';

const bytes = (text: string) => Buffer.from(text);

describe('output as it is shown', () => {
  it('is cut at characters, not bytes or halves of them', () => {
    expect(firstCharacters(bytes('äö😀u'), 3)).toBe('äö😀');
  });

  it('is whole when it fits', () => {
    expect(firstCharacters(bytes('x'.repeat(24_000)), 24_000)).toHaveLength(24_000);
  });

  it('has stderr under a title in lists', () => {
    expect(listOutput(bytes('out'), bytes('err'))).toBe('out\n----------ERROR-------\nerr');
  });

  it('says in lists that it was cut, within 2,500 characters', () => {
    const shown = listOutput(bytes('x'.repeat(3_000)), bytes(''));
    expect(shown).toHaveLength(SHOWN_IN_LISTS);
    expect(shown.endsWith('---Output truncated---')).toBe(true);
    expect(listOutput(bytes('x'.repeat(2_500)), bytes(''))).toBe('x'.repeat(2_500));
  });

  it('tells why an invocation stands as it does, within 8,000 characters', () => {
    expect(withReason('', 'It did not run.')).toBe('[muster] It did not run.');
    expect(withReason('oops', '')).toBe('oops');
    expect(withReason('x'.repeat(8_000), 'why').length).toBeLessThanOrEqual(SHOWN_STDERR);
  });
});

describe('elapsed time', () => {
  it.each([
    [21, 'PT0.021S'],
    [0, 'PT0S'],
    [3_600_271, 'PT1H0.271S'],
    [123_000, 'PT2M3S'],
  ])('of %d ms is %s', (ms, text) => {
    expect(elapsedTime(new Date(0), new Date(ms))).toBe(text);
  });
});
