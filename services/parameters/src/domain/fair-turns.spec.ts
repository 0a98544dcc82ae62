import fc from 'fast-check';

import { FairTurns } from './fair-turns.js';

describe('turns', () => {
  it('go from owner to owner, however much one of them asks', () => {
    const turns = new FairTurns<number>(10);
    for (let i = 0; i < 3; i++) turns.add('much', i);
    turns.add('little', 0);
    const order = Array.from({ length: 4 }, () => turns.next(0)!.owner);
    expect(order).toEqual(['much', 'little', 'much', 'much']);
    expect(turns.next(0)).toBeUndefined();
  });

  it('come to a burden when nobody else waits, until it is none any more', () => {
    const turns = new FairTurns<string>(10);
    turns.burden('slow', 100);
    for (const each of ['a', 'b']) turns.add('slow', each);
    for (const each of ['c', 'd']) turns.add('quick', each);
    expect([turns.next(50)!.item, turns.next(50)!.item, turns.next(50)!.item]).toEqual(['c', 'd', 'a']);
    turns.add('quick', 'e');
    expect(turns.next(100)!.item).toBe('b');
  });

  it('come to everybody once for each thing, in the order in which each gave them', () => {
    const given = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(given, (all) => {
        const turns = new FairTurns<number>(5);
        const taken: Record<string, number[]> = { a: [], b: [], c: [] };
        const expected: Record<string, number[]> = { a: [], b: [], c: [] };
        all.forEach(([owner, isBurden], index) => {
          if (turns.add(owner, index)) expected[owner]!.push(index);
          if (isBurden) turns.burden(owner, index);
        });
        for (let turn = turns.next(10); turn; turn = turns.next(10)) taken[turn.owner]!.push(turn.item);
        expect(taken).toEqual(expected);
        for (const each of Object.values(taken)) expect(each.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
