import fc from 'fast-check';

import { commandStanding, type Stopped } from './command-status.js';
import { completedOf, emptyLedger, type Ledger, places, targetsOf } from './ledger.js';

function aLedger(some: Partial<Ledger>): Ledger {
  return { ...emptyLedger, ...some };
}

function standing(some: Partial<Ledger>, more: { started?: boolean; stopped?: Stopped; errorLimit?: number } = {}) {
  const { status, details } = commandStanding({
    ledger: aLedger(some),
    started: more.started ?? true,
    stopped: more.stopped ?? null,
    errorLimit: more.errorLimit ?? 0,
  });
  return `${status}/${details}`;
}

describe('the status of a command', () => {
  it('is final, and no error, when nothing matched its targets', () => {
    expect(commandStanding({ ledger: emptyLedger, started: false, stopped: null, errorLimit: 0 })).toEqual({
      status: 'Success',
      details: 'NoInstancesInTag',
      final: true,
    });
  });

  it('is Pending until a node has it, then InProgress', () => {
    expect(standing({ unsent: 2, sent: 1 }, { started: false })).toBe('Pending/Pending');
    expect(standing({ unsent: 2, sent: 1 })).toBe('InProgress/InProgress');
  });

  it('is Success when all succeeded', () => {
    expect(standing({ success: 3 })).toBe('Success/Success');
  });

  it('is Failed beyond MaxErrors, and Incomplete below', () => {
    expect(standing({ success: 9, failed: 1 })).toBe('Failed/Failed');
    expect(standing({ success: 9, failed: 1 }, { errorLimit: 1 })).toBe('Failed/Incomplete');
    expect(standing({ success: 1, failed: 1, terminated: 8 }, { stopped: 'MaxErrors' })).toBe('Failed/Failed');
  });

  it('counts execution time-outs as errors', () => {
    expect(standing({ execution_timed_out: 1 })).toBe('TimedOut/ExecutionTimedOut');
  });

  it('does not count delivery time-outs as errors, but as a lack', () => {
    expect(standing({ delivery_timed_out: 2 })).toBe('TimedOut/DeliveryTimedOut');
    expect(standing({ success: 9, delivery_timed_out: 1 })).toBe('Failed/Incomplete');
  });

  it('does not look at what could not be delivered, unless there is nothing else', () => {
    expect(standing({ success: 1, undeliverable: 9 })).toBe('Success/Success');
    expect(standing({ undeliverable: 3 })).toBe('Failed/Failed');
  });

  it('is Cancelling until the last node has ended, then Cancelled', () => {
    expect(standing({ sent: 1, cancelled: 4 }, { stopped: 'Cancel' })).toBe('Cancelling/Cancelling');
    expect(standing({ success: 1, cancelled: 4 }, { stopped: 'Cancel' })).toBe('Cancelled/Cancelled');
  });

  it('is Success when a cancelling came too late for all', () => {
    expect(standing({ success: 5 }, { stopped: 'Cancel' })).toBe('Success/Success');
  });

  it('is final exactly when every target is', () => {
    const anyLedger = fc.record(
      Object.fromEntries(places.map((place) => [place, fc.nat(20)])) as never,
    ) as fc.Arbitrary<Ledger>;
    fc.assert(
      fc.property(
        anyLedger,
        fc.boolean(),
        fc.constantFrom<Stopped | null>(null, 'Cancel', 'MaxErrors'),
        fc.nat(20),
        (ledger, started, stopped, errorLimit) => {
          const { final } = commandStanding({ ledger, started, stopped, errorLimit });
          expect(final).toBe(completedOf(ledger) === targetsOf(ledger));
        },
      ),
    );
  });
});
