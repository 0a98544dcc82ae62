import {
  type StatusReport,
  StatusReport_Outcome as Outcome,
  StatusReport_Phase as Phase,
  type StepReport,
} from '@muster/contracts';

import { ended, type Invocation, type Move } from './invocation.js';
import { invocationStatuses, type Standing } from './invocation-status.js';
import { nodeText } from './node-text.js';
import { nodeTime } from './node-time.js';

/** What a node's report means for the invocation that it is about. */
export type Reported =
  | { readonly kind: 'moved'; readonly move: Move }
  /** It says nothing new. */
  | { readonly kind: 'known' }
  /** It contradicts a state that was final already: kept beside it. */
  | { readonly kind: 'corrected'; readonly observed: Observed };

/** What a node reported after its invocation had been given up. */
export interface Observed extends Standing {
  readonly reason: string;
  readonly responseCode: number;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export function isFinalReport(report: StatusReport): boolean {
  return report.phase === Phase.FINISHED;
}

/** Reads a report against what is known. Reports come twice, late, and before the acknowledgement of the request. */
export function reported(before: Invocation, report: StatusReport): Reported {
  if (!isFinalReport(report)) return started(before, report);
  const observed = observedOf(before, report);
  if (!invocationStatuses.isFinal(before.status)) {
    const { status, details, ...more } = observed;
    return { kind: 'moved', move: ended(before, { status, details }, { ...more, sent: true, accepted: true }) };
  }
  const same =
    before.status === observed.status &&
    before.details === observed.details &&
    before.responseCode === observed.responseCode;
  return same ? { kind: 'known' } : { kind: 'corrected', observed };
}

function started(before: Invocation, report: StatusReport): Reported {
  const startedAt = nodeTime(report.startedAtMs);
  if (invocationStatuses.isFinal(before.status)) return { kind: 'known' };
  if (before.accepted && (before.startedAt || !startedAt)) return { kind: 'known' };
  const after: Invocation = { ...before, sent: true, accepted: true, startedAt, reason: '' };
  if (before.status === 'Cancelling') return { kind: 'moved', move: { after, dueInMs: 'unchanged' } };
  return {
    kind: 'moved',
    move: { after: { ...after, status: 'InProgress', details: 'InProgress' }, dueInMs: 'never' },
  };
}

function observedOf(before: Invocation, report: StatusReport): Observed {
  return {
    ...standingOf(report.outcome, before.cancelRequested),
    reason: reasonOf(report),
    responseCode: responseCodeOf(report),
    startedAt: nodeTime(report.startedAtMs),
    finishedAt: nodeTime(report.finishedAtMs),
  };
}

/** AWS's status for what a node says. */
export function standingOf(outcome: Outcome, cancelRequested: boolean): Standing {
  switch (outcome) {
    case Outcome.SUCCESS:
      return { status: 'Success', details: 'Success' };
    case Outcome.TIMED_OUT:
      return { status: 'TimedOut', details: 'ExecutionTimedOut' };
    case Outcome.CANCELLED:
      return { status: 'Cancelled', details: 'Cancelled' };
    // It did not run, because its time to start was over: what AWS calls a delivery time-out.
    case Outcome.TOO_LATE:
      return { status: 'TimedOut', details: 'DeliveryTimedOut' };
    case Outcome.NOT_STARTED:
      return cancelRequested ? { status: 'Cancelled', details: 'Cancelled' } : { status: 'Failed', details: 'Failed' };
    // Interrupted, and what a newer agent may say: not a success, and the reason tells.
    default:
      return { status: 'Failed', details: 'Failed' };
  }
}

const neverRan = new Set<Outcome>([Outcome.NOT_STARTED, Outcome.TOO_LATE, Outcome.UNSPECIFIED]);

/** A step's exit code; -1 when it did not run. */
export function exitCodeOf(step: StepReport): number {
  return neverRan.has(step.outcome) ? -1 : step.exitCode;
}

/** The exit code that AWS shows: of the step that failed, else of the last one; -1 when nothing ran. */
function responseCodeOf(report: StatusReport): number {
  if (neverRan.has(report.outcome)) return -1;
  const ran = report.steps.filter((step) => !neverRan.has(step.outcome));
  const shown = ran.find((step) => step.outcome !== Outcome.SUCCESS) ?? ran.at(-1);
  return shown ? exitCodeOf(shown) : -1;
}

function reasonOf(report: StatusReport): string {
  if (report.reason) return nodeText(report.reason);
  switch (report.outcome) {
    case Outcome.NOT_STARTED:
      return 'The agent ended before it could start the script. It did not run.';
    case Outcome.TOO_LATE:
      return 'The time in which it might start was over when the node came to it. It did not run.';
    case Outcome.INTERRUPTED:
      return 'The machine or its agent ended while the script ran. How far it came is not known.';
    case Outcome.UNSPECIFIED:
      return 'The node reported an end that this version does not know.';
    default:
      return '';
  }
}
