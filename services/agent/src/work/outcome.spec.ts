import { StatusReport_Outcome as Outcome } from '@muster/contracts';

import { overall, runsAfter, type StepStanding } from './outcome.js';

const step = (outcome: Outcome, over: Partial<StepStanding> = {}): StepStanding => ({
  outcome,
  finallyStep: false,
  ...over,
});
const { SUCCESS, FAILED, TIMED_OUT, CANCELLED, NOT_STARTED, INTERRUPTED, UNSPECIFIED } = Outcome;

describe('the whole document', () => {
  it.each<[string, StepStanding[], Outcome]>([
    ['succeeds when all steps do', [step(SUCCESS), step(SUCCESS)], SUCCESS],
    ['succeeds when nothing applied to this node', [step(UNSPECIFIED)], SUCCESS],
    ['fails when one step does', [step(FAILED), step(SUCCESS)], FAILED],
    ['is timed out when its first failure was', [step(TIMED_OUT), step(FAILED)], TIMED_OUT],
    ['succeeds when the failure was declared a success', [step(FAILED, { onFailure: 'successAndExit' })], SUCCESS],
    ['is cancelled when a step was', [step(SUCCESS), step(CANCELLED)], CANCELLED],
    ['did not start when its first step did not', [step(NOT_STARTED)], NOT_STARTED],
    ['failed, and did start, when only a later step did not', [step(SUCCESS), step(NOT_STARTED)], FAILED],
    ['is interrupted when a step was', [step(SUCCESS), step(INTERRUPTED)], INTERRUPTED],
  ])('%s', (_, steps, outcome) => {
    expect(overall(steps)).toBe(outcome);
  });
});

describe('a step', () => {
  const next = step(UNSPECIFIED);
  it.each<[string, StepStanding[], StepStanding, boolean]>([
    ['runs after a failure', [step(FAILED)], next, true],
    ['does not run after a failure that ends the document', [step(FAILED, { onFailure: 'exit' })], next, false],
    [
      'at the end runs all the same',
      [step(FAILED, { onFailure: 'exit' })],
      step(UNSPECIFIED, { finallyStep: true }),
      true,
    ],
    ['never runs after a cancellation', [step(CANCELLED)], step(UNSPECIFIED, { finallyStep: true }), false],
    ['never runs when it is unknown how far the one before came', [step(INTERRUPTED)], next, false],
  ])('%s', (_, before, it, runs) => {
    expect(runsAfter(before, it)).toBe(runs);
  });
});
