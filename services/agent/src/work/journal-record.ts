import type { ProcessIdentity } from '../state/process-identity.js';
import type { StepResult } from './step-result.js';

/** One fact in the journal. What is written here is true whatever happens next. */
export type JournalRecord =
  | JournalOpened
  | InvocationAccepted
  | InvocationCancelled
  | StepStarted
  | StepEnded
  | InvocationFinished
  | InvocationSettled
  | OutputDrained
  | InvocationRemembered;

/** First line of every journal: how to read it. */
export interface JournalOpened {
  readonly kind: 'journal';
  readonly version: 1;
}

/** Synced before the request is acknowledged. */
export interface InvocationAccepted {
  readonly kind: 'accepted';
  readonly id: string;
  /** Serialised Invoke, base64. */
  readonly invoke: string;
  readonly traceparent?: string;
  /** The node's clock, milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds since boot: how long it may wait is measured with it. */
  readonly uptimeMs: number;
  readonly bootId: string;
}

/** Somebody asked for its end. Its script gets no new start after this. */
export interface InvocationCancelled {
  readonly kind: 'cancelled';
  readonly id: string;
}

/** The wrapper is spawned and waits. It is told to go only after this is synced. */
export interface StepStarted {
  readonly kind: 'started';
  readonly id: string;
  readonly step: number;
  readonly wrapper: ProcessIdentity;
  /** Name of the run's folder below the invocation's; a new one for each attempt to spawn. */
  readonly folder: string;
  readonly at: number;
}

export interface StepEnded {
  readonly kind: 'step-ended';
  readonly id: string;
  readonly step: number;
  readonly result: StepResult;
}

/** The final state. Reported until the service says that it has committed it. */
export interface InvocationFinished {
  readonly kind: 'finished';
  readonly id: string;
  readonly at: number;
  readonly outcome: number;
  readonly reason: string;
  readonly traceparent?: string;
}

export interface InvocationSettled {
  readonly kind: 'settled';
  readonly id: string;
  /** The id is refused a second run until then; milliseconds since the epoch. */
  readonly rememberUntil: number;
}

/** All output was taken over, or given up: its files may go. */
export interface OutputDrained {
  readonly kind: 'drained';
  readonly id: string;
}

/** Nothing is left of it but its id: what settled invocations become, and what a cancel of something unknown leaves (a tombstone). */
export interface InvocationRemembered {
  readonly kind: 'remembered';
  readonly id: string;
  readonly rememberUntil: number;
  readonly tombstone: boolean;
}
