import { BackOff } from './back-off.js';

describe('the back-off of a dying child', () => {
  const limits = { firstMs: 100, longestMs: 1000, healthyMs: 30_000 };

  it('doubles up to its limit', () => {
    const backOff = new BackOff(limits);
    expect([0, 0, 0, 0, 0, 0].map((ranFor) => backOff.after(ranFor))).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('begins anew after the child had been healthy', () => {
    const backOff = new BackOff(limits);
    for (let times = 0; times < 5; times += 1) backOff.after(10);
    expect(backOff.after(30_000)).toBe(100);
    expect(backOff.after(10)).toBe(200);
  });
});
