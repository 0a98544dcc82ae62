import { expiryOf } from './activation-terms.js';

const now = new Date('2026-11-24T12:00:00Z');
const days = (count: number) => new Date(now.getTime() + count * 24 * 60 * 60 * 1000);

describe('an activation', () => {
  it('lives a day unless told otherwise, and 30 days at most', () => {
    expect(expiryOf(undefined, now)).toEqual(days(1));
    expect(expiryOf(days(30), now)).toEqual(days(30));
    expect(() => expiryOf(days(30.001), now)).toThrow(expect.objectContaining({ code: 'InvalidParameters' }));
    expect(() => expiryOf(now, now)).toThrow(/future/);
  });
});
