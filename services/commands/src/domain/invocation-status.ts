import { stateMachine } from './state-machine.js';

export type InvocationStatus =
  'Pending' | 'Delayed' | 'InProgress' | 'Cancelling' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';

/** AWS's StatusDetails, as its API spells them (without blanks). */
export type InvocationDetails =
  InvocationStatus | 'DeliveryTimedOut' | 'ExecutionTimedOut' | 'Undeliverable' | 'Terminated' | 'InvalidPlatform';

/** A status and what it says more precisely. */
export interface Standing {
  readonly status: InvocationStatus;
  readonly details: InvocationDetails;
}

/** How an invocation may move: forward only. */
export const invocationStatuses = stateMachine<InvocationStatus>({
  // An acknowledgement may be lost: a report is believed from every state that is not final.
  Pending: ['InProgress', 'Delayed', 'Success', 'Failed', 'TimedOut', 'Cancelling', 'Cancelled'],
  Delayed: ['InProgress', 'Success', 'Failed', 'TimedOut', 'Cancelling', 'Cancelled'],
  InProgress: ['Success', 'Failed', 'TimedOut', 'Cancelling', 'Cancelled'],
  // The script may have ended before the cancelling reached it.
  Cancelling: ['Cancelled', 'Success', 'Failed', 'TimedOut'],
});
