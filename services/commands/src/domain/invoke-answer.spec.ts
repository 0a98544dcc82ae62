import fc from 'fast-check';

import { backOffMs } from './back-off.js';
import type { Invocation } from './invocation.js';
import { invocationStatuses } from './invocation-status.js';
import { invokeAnswered, type InvokeAnswer } from './invoke-answer.js';

function aSent(some: Partial<Invocation> = {}): Invocation {
  return {
    status: 'Pending',
    details: 'Pending',
    reason: '',
    sent: true,
    unsure: false,
    attempt: 1,
    accepted: false,
    cancelRequested: false,
    responseCode: -1,
    startedAt: null,
    finishedAt: null,
    ...some,
  };
}

describe('what a node answers to a request', () => {
  it('accepted: it is in progress, and the gate has no more to do', () => {
    expect(invokeAnswered(aSent(), 1, { kind: 'accepted' })).toMatchObject({
      after: { status: 'InProgress', accepted: true, sent: true },
      dueInMs: 'never',
    });
  });

  it('nobody there: it gives its slot back and is tried again later', () => {
    expect(invokeAnswered(aSent(), 1, { kind: 'offline' })).toMatchObject({
      after: { status: 'Delayed', sent: false },
      dueInMs: backOffMs(1),
    });
  });

  it('nobody there after a request without answer: it may have arrived, so the slot is kept', () => {
    const move = invokeAnswered(aSent({ unsure: true, attempt: 2 }), 2, { kind: 'offline' });
    expect(move?.after).toMatchObject({ status: 'Pending', sent: true });
  });

  it('no room: the node would know it, so it never arrived', () => {
    const move = invokeAnswered(aSent({ unsure: true }), 1, { kind: 'no-space', reason: 'disk full' });
    expect(move?.after).toMatchObject({ status: 'Delayed', sent: false, reason: expect.stringContaining('disk full') });
  });

  it('not registered any more: it is undeliverable', () => {
    expect(invokeAnswered(aSent(), 1, { kind: 'gone' })?.after).toMatchObject({
      status: 'Failed',
      details: 'Undeliverable',
      sent: false,
    });
  });

  it('routes unknown: nothing was sent, and nothing is claimed about the node', () => {
    expect(invokeAnswered(aSent(), 1, { kind: 'unreachable' })?.after).toMatchObject({
      status: 'Pending',
      sent: false,
    });
  });

  it('a no of an earlier attempt says nothing about the present one', () => {
    expect(invokeAnswered(aSent({ attempt: 2 }), 1, { kind: 'offline' })).toBeUndefined();
  });

  it('a no while it is being cancelled ends it: it never arrived', () => {
    const cancelling = aSent({ status: 'Cancelling', details: 'Cancelling', cancelRequested: true });
    expect(invokeAnswered(cancelling, 1, { kind: 'offline' })?.after).toMatchObject({ status: 'Cancelled' });
  });

  const answers: InvokeAnswer[] = [
    { kind: 'accepted' },
    { kind: 'offline' },
    { kind: 'unreachable' },
    { kind: 'blocked', reason: 'cloned' },
    { kind: 'gone' },
    { kind: 'no-space', reason: '' },
    { kind: 'cancelled' },
    { kind: 'refused', reason: '' },
    { kind: 'invalid-platform', reason: '' },
  ];
  const anyInvocation = fc.record({
    status: fc.constantFrom(...invocationStatuses.states),
    sent: fc.boolean(),
    unsure: fc.boolean(),
    attempt: fc.nat(5),
    accepted: fc.boolean(),
    cancelRequested: fc.boolean(),
  });

  it('never moves backwards, whatever order answers come in', () => {
    fc.assert(
      fc.property(anyInvocation, fc.nat(5), fc.constantFrom(...answers), (some, attempt, answer) => {
        const before = aSent({ ...some, details: some.status });
        const after = invokeAnswered(before, attempt, answer)?.after;
        if (after)
          expect(after.status === before.status || invocationStatuses.mayMove(before.status, after.status)).toBe(true);
      }),
    );
  });

  it('never gives a slot back while the node may have it', () => {
    fc.assert(
      fc.property(anyInvocation, fc.nat(5), fc.constantFrom(...answers), (some, attempt, answer) => {
        const before = aSent({ ...some, sent: true, details: some.status });
        const after = invokeAnswered(before, attempt, answer)?.after;
        const mayHaveIt = before.accepted || (before.unsure && answer.kind !== 'no-space');
        if (after && mayHaveIt && !invocationStatuses.isFinal(after.status)) expect(after.sent).toBe(true);
      }),
    );
  });
});
