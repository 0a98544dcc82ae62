import fc from 'fast-check';

import { type InvocationStatus, invocationStatuses } from './invocation-status.js';

const anyStatus = fc.constantFrom(...invocationStatuses.states);

describe('the states of an invocation', () => {
  it('are those that AWS knows', () => {
    expect([...invocationStatuses.states].sort()).toEqual(
      ['Cancelled', 'Cancelling', 'Delayed', 'Failed', 'InProgress', 'Pending', 'Success', 'TimedOut'].sort(),
    );
  });

  it('never leave an end', () => {
    fc.assert(
      fc.property(anyStatus, anyStatus, (from, to) => {
        if (invocationStatuses.isFinal(from)) expect(invocationStatuses.mayMove(from, to)).toBe(false);
      }),
    );
  });

  it('never come back: every walk ends', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { minLength: 1, maxLength: 50 }), (wishes) => {
        const walk: InvocationStatus[] = ['Pending'];
        for (const wish of wishes) if (invocationStatuses.mayMove(walk.at(-1)!, wish)) walk.push(wish);
        expect(new Set(walk).size).toBe(walk.length);
      }),
    );
  });

  it.each(['Pending', 'Delayed', 'InProgress', 'Cancelling'] as const)(
    'believe a final report from %s: acknowledgements get lost',
    (from) => {
      for (const to of ['Success', 'Failed', 'TimedOut', 'Cancelled'] as const) {
        expect(invocationStatuses.mayMove(from, to)).toBe(true);
      }
    },
  );
});
