import { SaidLately } from './said-lately.js';

describe('what is said once in a while', () => {
  it('is due at first, and again when the time is over', () => {
    const said = new SaidLately(60, 10);
    expect([0, 1, 59, 60, 61, 120].map((now) => said.isDue('a', now))).toEqual([true, false, false, true, false, true]);
    expect(said.isDue('b', 61)).toBe(true);
  });

  it('remembers no more than it may, and forgets what was said first', () => {
    const said = new SaidLately(60, 2);
    for (const name of ['a', 'b', 'c']) said.isDue(name, 0);
    expect(said.isDue('c', 1)).toBe(false);
    expect(said.isDue('b', 1)).toBe(false);
    expect(said.isDue('a', 1)).toBe(true);
  });
});
