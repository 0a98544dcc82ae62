import { FailedKeys } from './failed-keys.js';

describe('a source that guesses access keys', () => {
  it('must wait after a hundred in ten seconds, and only it', () => {
    const failed = new FailedKeys();
    for (let i = 0; i < 100; i++) {
      expect(failed.isTooMany('10.0.0.1', i)).toBe(false);
      failed.add('10.0.0.1', i);
    }
    expect(failed.isTooMany('10.0.0.1', 100)).toBe(true);
    expect(failed.isTooMany('10.0.0.2', 100)).toBe(false);
    expect(failed.isTooMany('10.0.0.1', 10_000)).toBe(false);
  });

  it('cannot make the memory of guesses grow without end', () => {
    const failed = new FailedKeys();
    for (let i = 0; i < 100; i++) failed.add('first', 0);
    for (let i = 0; i < 10_000; i++) failed.add(`other-${i}`, 0);
    expect(failed.isTooMany('first', 0)).toBe(false);
  });
});
