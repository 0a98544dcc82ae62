import fc from 'fast-check';

import type { JournalRecord } from './journal-record.js';
import { Ledger } from './ledger.js';

const wrapper = { pid: 1, startTime: '1', bootId: 'b' };
const result = { outcome: 1, exitCode: 0, reason: '', startedAtMs: 0, finishedAtMs: 0 };

/** The life of one invocation, told up to some point. */
const life = (id: string): readonly JournalRecord[] => [
  { kind: 'accepted', id, invoke: '', at: 1, uptimeMs: 1, bootId: 'b' },
  { kind: 'started', id, step: 0, wrapper, folder: '0-a', at: 2 },
  { kind: 'cancelled', id },
  { kind: 'step-ended', id, step: 0, result },
  { kind: 'finished', id, at: 3, outcome: 1, reason: '' },
  { kind: 'settled', id, rememberUntil: 1_000 },
  { kind: 'drained', id },
];

/** Several lives, each up to some point, told in some order that keeps each in its own. */
const histories = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 }).chain((lengths) =>
  fc
    .shuffledSubarray(
      lengths.flatMap((length, i) => Array.from({ length }, () => i)),
      { minLength: lengths.reduce((a, b) => a + b, 0) },
    )
    .map((order) => {
      const next = lengths.map((_, i) => life(`id-${i}`)[Symbol.iterator]());
      return order.map((i) => next[i]!.next().value as JournalRecord);
    }),
);

function ledgerOf(records: readonly JournalRecord[]): Ledger {
  const ledger = new Ledger();
  for (const record of records) ledger.apply(record);
  return ledger;
}

describe('the ledger', () => {
  it('is sound for every beginning of every history', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, at) => {
        const records = history.slice(0, at % (history.length + 1));
        const ledger = ledgerOf(records);
        for (const id of new Set(records.map((record) => ('id' in record ? record.id : '')))) {
          const told = records.filter((record) => 'id' in record && record.id === id).map(({ kind }) => kind);
          const entry = ledger.get(id);
          // Whatever was accepted is known for ever after, and never as something that may start again.
          expect(entry).toBeDefined();
          expect(entry!.phase).toBe(
            told.includes('drained') ? 'remembered' : told.includes('finished') ? 'finished' : 'accepted',
          );
          if (entry!.phase !== 'remembered') expect(entry!.started.size).toBe(told.includes('started') ? 1 : 0);
        }
      }),
    );
  });

  it('is the same when it is built from its snapshot', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const ledger = ledgerOf(history);
        const again = ledgerOf(ledger.snapshot(0));
        for (const { id } of history as { id: string }[]) expect(again.get(id)).toEqual(ledger.get(id));
      }),
    );
  });

  it('forgets an id only when its time is over', () => {
    const ledger = ledgerOf(life('a'));
    ledger.forget(1_000);
    expect(ledger.get('a')?.phase).toBe('remembered');
    expect(ledger.snapshot(1_000)).toHaveLength(1);
    ledger.forget(1_001);
    expect(ledger.get('a')).toBeUndefined();
  });

  it.each<[string, readonly number[]]>([
    ['accepted twice', [0, 0]],
    ['accepted again after it is forgotten but for its id', [0, 1, 3, 4, 5, 6, 0]],
    ['started before it is accepted', [1]],
    ['started twice', [0, 1, 1]],
    ['started after its end', [0, 4, 1]],
    ['ended twice', [0, 4, 4]],
    ['settled before its end', [0, 5]],
  ])('refuses what is %s', (_, order) => {
    expect(() => ledgerOf(order.map((i) => life('a')[i] as JournalRecord))).toThrow('makes no sense');
  });

  it('lets output be drained before and after the settlement', () => {
    const order = (...all: number[]) => ledgerOf(all.map((i) => life('a')[i] as JournalRecord)).get('a');
    expect(order(0, 4, 6, 5)).toEqual(order(0, 4, 5, 6));
  });
});
