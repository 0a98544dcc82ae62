import fc from 'fast-check';

import { Clock } from './clock.js';
import { RandomIds } from './ids.js';

class SettableClock extends Clock {
  at = 0;
  now(): Date {
    return new Date(this.at);
  }
}

describe('ids', () => {
  it('are UUIDv7 that sort in the order of their making, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { minLength: 2, maxLength: 50 }), (times) => {
        const clock = new SettableClock();
        const ids = new RandomIds(clock);
        const made = times.flatMap((at) => {
          clock.at = at;
          return [ids.uuid(), ids.uuid()];
        });
        for (const id of made)
          expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  it('stay in order beyond the counter of one millisecond', () => {
    const ids = new RandomIds(new SettableClock());
    const made = Array.from({ length: 10_000 }, () => ids.uuid());
    expect([...made].sort()).toEqual(made);
  });

  it('carry the time', () => {
    const clock = new SettableClock();
    clock.at = 1_764_000_000_123;
    expect(parseInt(new RandomIds(clock).uuid().replace('-', '').slice(0, 12), 16)).toBe(clock.at);
  });
});
