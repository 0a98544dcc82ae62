import { create } from '@bufbuild/protobuf';
import {
  StatusReport_Outcome as Outcome,
  StatusReport_Phase as Phase,
  type StatusReport,
  StatusReportSchema,
} from '@muster/contracts';
import fc from 'fast-check';

import type { Invocation } from './invocation.js';
import { invocationStatuses } from './invocation-status.js';
import { reported } from './status-report.js';

function anInvocation(some: Partial<Invocation> = {}): Invocation {
  return {
    status: 'InProgress',
    details: 'InProgress',
    reason: '',
    sent: true,
    unsure: false,
    attempt: 1,
    accepted: true,
    cancelRequested: false,
    responseCode: -1,
    startedAt: null,
    finishedAt: null,
    ...some,
  };
}

function aReport(outcome: Outcome, exitCode = 0): StatusReport {
  return create(StatusReportSchema, {
    phase: Phase.FINISHED,
    outcome,
    steps: [{ name: 'runShellScript', plugin: 'aws:runShellScript', outcome, exitCode }],
    startedAtMs: 1_000n,
    finishedAtMs: 2_000n,
  });
}

describe('a report from a node', () => {
  it.each([
    [Outcome.SUCCESS, 'Success/Success'],
    [Outcome.FAILED, 'Failed/Failed'],
    [Outcome.TIMED_OUT, 'TimedOut/ExecutionTimedOut'],
    [Outcome.CANCELLED, 'Cancelled/Cancelled'],
    [Outcome.TOO_LATE, 'TimedOut/DeliveryTimedOut'],
    [Outcome.NOT_STARTED, 'Failed/Failed'],
    [Outcome.INTERRUPTED, 'Failed/Failed'],
  ])('of outcome %s ends the invocation as %s', (outcome, expected) => {
    const result = reported(anInvocation(), aReport(outcome, 3));
    if (result.kind !== 'moved') throw new Error(`it was ${result.kind}`);
    expect(`${result.move.after.status}/${result.move.after.details}`).toBe(expected);
  });

  it('says in words when nothing ran, and has no exit code then', () => {
    const result = reported(anInvocation(), aReport(Outcome.NOT_STARTED, 0));
    expect(result).toMatchObject({
      move: { after: { responseCode: -1, reason: expect.stringContaining('did not run') } },
    });
  });

  it.each(['Pending', 'Delayed', 'InProgress', 'Cancelling'] as const)('is believed from %s', (status) => {
    const before = anInvocation({ status, details: status, accepted: false, sent: false });
    expect(reported(before, aReport(Outcome.SUCCESS))).toMatchObject({
      kind: 'moved',
      move: { after: { status: 'Success', responseCode: 0 } },
    });
  });

  it('that comes a second time changes nothing', () => {
    const first = reported(anInvocation(), aReport(Outcome.FAILED, 2));
    if (first.kind !== 'moved') throw new Error(`it was ${first.kind}`);
    expect(reported(first.move.after, aReport(Outcome.FAILED, 2))).toEqual({ kind: 'known' });
  });

  it('that contradicts an end is kept beside it', () => {
    const given = anInvocation({ status: 'TimedOut', details: 'DeliveryTimedOut', sent: false, accepted: false });
    expect(reported(given, aReport(Outcome.SUCCESS))).toMatchObject({
      kind: 'corrected',
      observed: { status: 'Success', responseCode: 0, finishedAt: new Date(2_000) },
    });
  });

  it('of a start does not take a cancelling back', () => {
    const started = create(StatusReportSchema, { phase: Phase.STARTED, startedAtMs: 1_000n });
    const cancelling = anInvocation({ status: 'Cancelling', details: 'Cancelling', accepted: false });
    expect(reported(cancelling, started)).toMatchObject({
      move: { after: { status: 'Cancelling', accepted: true, startedAt: new Date(1_000) }, dueInMs: 'unchanged' },
    });
  });

  it('never moves backwards, and never takes an end back', () => {
    const anyReport = fc.record({
      phase: fc.constantFrom(Phase.STARTED, Phase.FINISHED, Phase.UNSPECIFIED),
      outcome: fc.constantFrom(...Object.values(Outcome).filter((each): each is Outcome => typeof each === 'number')),
      startedAtMs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      finishedAtMs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    });
    fc.assert(
      fc.property(
        fc.array(anyReport, { maxLength: 6 }),
        fc.constantFrom(...invocationStatuses.states),
        (reports, status) => {
          let state = anInvocation({ status, details: status });
          for (const each of reports) {
            const result = reported(state, create(StatusReportSchema, each));
            if (result.kind !== 'moved') continue;
            const { after } = result.move;
            expect(after.status === state.status || invocationStatuses.mayMove(state.status, after.status)).toBe(true);
            expect(invocationStatuses.isFinal(state.status)).toBe(false);
            state = after;
          }
        },
      ),
    );
  });
});
