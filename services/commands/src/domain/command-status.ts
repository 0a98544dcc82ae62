import { completedOf, errorsOf, type Ledger, targetsOf } from './ledger.js';

export type CommandStatus = 'Pending' | 'InProgress' | 'Cancelling' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';

export type CommandDetails =
  CommandStatus | 'DeliveryTimedOut' | 'ExecutionTimedOut' | 'Incomplete' | 'NoInstancesInTag';

/** Why nothing more is sent. */
export type Stopped = 'Cancel' | 'MaxErrors';

export interface CommandStanding {
  readonly status: CommandStatus;
  readonly details: CommandDetails;
  readonly final: boolean;
}

/** What a command's status is computed from. */
export interface CommandFacts {
  readonly ledger: Ledger;
  /** A node has it: from then on it is never Pending again. */
  readonly started: boolean;
  readonly stopped: Stopped | null;
  readonly errorLimit: number;
}

/** AWS's Status and StatusDetails of a command. */
export function commandStanding({ ledger, started, stopped, errorLimit }: CommandFacts): CommandStanding {
  if (targetsOf(ledger) === 0) return final('Success', 'NoInstancesInTag');
  if (completedOf(ledger) === targetsOf(ledger)) return finalStanding(ledger, stopped, errorLimit);
  if (stopped === 'Cancel') return { status: 'Cancelling', details: 'Cancelling', final: false };
  const status = started || completedOf(ledger) > 0 ? 'InProgress' : 'Pending';
  return { status, details: status, final: false };
}

function finalStanding(ledger: Ledger, stopped: Stopped | null, errorLimit: number): CommandStanding {
  const targets = targetsOf(ledger);
  if (stopped === 'Cancel' && ledger.cancelled > 0) return final('Cancelled', 'Cancelled');
  if (ledger.cancelled === targets) return final('Cancelled', 'Cancelled');
  if (errorsOf(ledger) > errorLimit) {
    return ledger.failed > 0 ? final('Failed', 'Failed') : final('TimedOut', 'ExecutionTimedOut');
  }
  // What could not be delivered decides nothing, unless there is nothing else.
  if (ledger.undeliverable === targets) return final('Failed', 'Failed');
  if (ledger.success + ledger.undeliverable === targets) return final('Success', 'Success');
  if (ledger.delivery_timed_out === targets) return final('TimedOut', 'DeliveryTimedOut');
  return final('Failed', 'Incomplete');
}

function final(status: CommandStatus, details: CommandDetails): CommandStanding {
  return { status, details, final: true };
}
