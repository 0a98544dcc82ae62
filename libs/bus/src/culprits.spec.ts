import fc from 'fast-check';

import { findCulprits } from './culprits.js';

async function run(count: number, bad: ReadonlySet<number>) {
  const done: number[] = [];
  let attempts = 0;
  const culprits = await findCulprits(
    Array.from({ length: count }, (_, i) => i),
    async (items) => {
      attempts++;
      if (items.some((each) => bad.has(each))) throw new Error('a culprit is among them');
    },
    async (items) => void done.push(...items),
  );
  return { done, attempts, culprits: culprits.map((each) => each.item) };
}

describe('a failing batch', () => {
  it('is done but for its culprits, in order, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.uniqueArray(fc.nat(199)), async (count, bad) => {
        const set = new Set(bad.filter((each) => each < count));
        const { done, culprits } = await run(count, set);
        const all = Array.from({ length: count }, (_, i) => i);
        expect(done).toEqual(all.filter((each) => !set.has(each)));
        expect(culprits).toEqual(all.filter((each) => set.has(each)));
      }),
    );
  });

  it('with one culprit costs two attempts for each halving', async () => {
    const { attempts } = await run(512, new Set([300]));
    expect(attempts).toBe(1 + 2 * 9);
  });
});
