import fc from 'fast-check';

import { emptyLedger, errorsOf, moved, placeOf, places, targetsOf } from './ledger.js';

describe('a ledger', () => {
  it('adds up to the targets, whatever moves', () => {
    const anyPlace = fc.constantFrom(...places);
    fc.assert(
      fc.property(fc.nat(1_000), fc.array(fc.record({ from: anyPlace, to: anyPlace })), (targets, moves) => {
        expect(targetsOf(moved({ ...emptyLedger, unsent: targets }, moves))).toBe(targets);
      }),
    );
  });

  it('counts failures and execution time-outs as errors, and nothing else', () => {
    const one = Object.fromEntries(places.map((place) => [place, 1]));
    expect(errorsOf({ ...emptyLedger, ...one })).toBe(2);
  });

  it('counts what could not be delivered, or is for another platform, apart', () => {
    expect(placeOf({ status: 'Failed', details: 'InvalidPlatform', sent: true })).toBe('undeliverable');
    expect(placeOf({ status: 'Failed', details: 'Undeliverable', sent: false })).toBe('undeliverable');
    expect(placeOf({ status: 'Failed', details: 'Failed', sent: true })).toBe('failed');
  });

  it('knows who holds a slot', () => {
    expect(placeOf({ status: 'Delayed', details: 'Delayed', sent: false })).toBe('unsent');
    expect(placeOf({ status: 'Cancelling', details: 'Cancelling', sent: true })).toBe('sent');
  });
});
