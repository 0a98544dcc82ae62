import { invocationStatuses, type Standing } from './invocation-status.js';

/** The exclusive places of a command's ledger: each invocation is in exactly one, and they add up to the targets. */
export const places = [
  'unsent',
  'sent',
  'success',
  'failed',
  'execution_timed_out',
  'delivery_timed_out',
  'cancelled',
  'terminated',
  'undeliverable',
] as const;

export type Place = (typeof places)[number];

/** How many invocations are in each place. */
export type Ledger = Readonly<Record<Place, number>>;

export const emptyLedger: Ledger = Object.freeze(Object.fromEntries(places.map((each) => [each, 0])) as Ledger);

/** Where an invocation is counted. */
export function placeOf(invocation: Standing & { readonly sent: boolean }): Place {
  if (!invocationStatuses.isFinal(invocation.status)) return invocation.sent ? 'sent' : 'unsent';
  switch (invocation.details) {
    case 'Success':
      return 'success';
    case 'ExecutionTimedOut':
      return 'execution_timed_out';
    case 'DeliveryTimedOut':
      return 'delivery_timed_out';
    case 'Cancelled':
      return 'cancelled';
    case 'Terminated':
      return 'terminated';
    case 'Undeliverable':
    case 'InvalidPlatform':
      return 'undeliverable';
    default:
      return 'failed';
  }
}

/** The ledger after some invocations changed their places. */
export function moved(
  ledger: Ledger,
  moves: Iterable<{ readonly from: Place; readonly to: Place; readonly count?: number }>,
): Ledger {
  const after: Record<Place, number> = { ...ledger };
  for (const { from, to, count = 1 } of moves) {
    after[from] -= count;
    after[to] += count;
  }
  return after;
}

/** All of them: the number of targets. */
export function targetsOf(ledger: Ledger): number {
  return places.reduce((sum, place) => sum + ledger[place], 0);
}

/** What is over. AWS's CompletedCount. */
export function completedOf(ledger: Ledger): number {
  return targetsOf(ledger) - ledger.unsent - ledger.sent;
}

/** What counts against MaxErrors, and as ErrorCount: failures and execution time-outs, nothing else. */
export function errorsOf(ledger: Ledger): number {
  return ledger.failed + ledger.execution_timed_out;
}
