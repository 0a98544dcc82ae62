import { StatusReport_Outcome as Outcome } from '@muster/contracts';

import type { ExecOutcome, StepOutcome } from '../plugins/plugin.js';

const ofEnd: Readonly<Record<Exclude<ExecOutcome['end'], 'exited'>, Outcome>> = {
  'timed-out': Outcome.TIMED_OUT,
  cancelled: Outcome.CANCELLED,
  interrupted: Outcome.INTERRUPTED,
  'not-started': Outcome.NOT_STARTED,
  'too-late': Outcome.TOO_LATE,
};

/** What became of a step whose plugin has spoken. */
export function outcomeOf(step: StepOutcome): Outcome {
  if (step.exec.end !== 'exited') return ofEnd[step.exec.end];
  return step.succeeded ? Outcome.SUCCESS : Outcome.FAILED;
}

/** A step of a document as it stands: UNSPECIFIED when it was skipped or has not run. */
export interface StepStanding {
  readonly outcome: Outcome;
  readonly onFailure?: 'exit' | 'successAndExit';
  readonly finallyStep: boolean;
}

/** Nothing runs after these: a person ended it, or nobody knows how far it came. */
const ending: readonly Outcome[] = [Outcome.CANCELLED, Outcome.INTERRUPTED, Outcome.NOT_STARTED, Outcome.TOO_LATE];

/** Whether a step runs after those before it. */
export function runsAfter(before: readonly StepStanding[], step: StepStanding): boolean {
  if (before.some(({ outcome }) => ending.includes(outcome))) return false;
  return step.finallyStep || !before.some((earlier) => hasFailed(earlier) && earlier.onFailure !== undefined);
}

/** What became of the whole document. */
export function overall(steps: readonly StepStanding[]): Outcome {
  const worst = ending.find((outcome) => steps.some((step) => step.outcome === outcome));
  if (worst === undefined) return steps.find(countsAsFailure)?.outcome ?? Outcome.SUCCESS;
  // "It did not run" would be untrue of a document of which a part ran.
  const ran = steps.some((step) => [Outcome.SUCCESS, Outcome.FAILED, Outcome.TIMED_OUT].includes(step.outcome));
  return ran && (worst === Outcome.NOT_STARTED || worst === Outcome.TOO_LATE) ? Outcome.FAILED : worst;
}

function countsAsFailure(step: StepStanding): boolean {
  return hasFailed(step) && step.onFailure !== 'successAndExit';
}

function hasFailed({ outcome }: StepStanding): boolean {
  return outcome === Outcome.FAILED || outcome === Outcome.TIMED_OUT;
}
