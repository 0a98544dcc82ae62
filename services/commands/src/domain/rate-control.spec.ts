import fc from 'fast-check';

import { concurrencyLimit, errorLimit } from './rate-control.js';

describe('rate control', () => {
  it('takes a number as it is', () => {
    expect(concurrencyLimit('50', 10)).toBe(50);
    expect(errorLimit('3', 10)).toBe(3);
  });

  it('stops 50 targets with MaxErrors 10% at the sixth error: five are put up with', () => {
    expect(errorLimit('10%', 50)).toBe(5);
  });

  it('never sends nothing, and never more than the percentage says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 20_000 }), (percent, targets) => {
        const limit = concurrencyLimit(`${percent}%`, targets);
        expect(limit).toBeGreaterThanOrEqual(1);
        expect(limit === 1 || limit * 100 <= percent * targets).toBe(true);
      }),
    );
  });
});
