import type { Standing } from './invocation-status.js';

/** One command on one node, as the rules see it. */
export interface Invocation extends Standing {
  /** For a person: why it stands so, where the status alone does not say it. */
  readonly reason: string;
  /**
   * A request may have reached the node, and nothing said for certain that it did not. Holds one of the command's
   * MaxConcurrency slots until it is final.
   */
  readonly sent: boolean;
  /** An earlier attempt ended without a definite answer: a later "nobody there" does not prove that it never arrived. */
  readonly unsure: boolean;
  readonly attempt: number;
  /** The node said that it is in its journal. */
  readonly accepted: boolean;
  readonly cancelRequested: boolean;
  /** -1 until something ran. */
  readonly responseCode: number;
  /** The node's clock. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What a rule makes of an invocation. */
export interface Move {
  readonly after: Invocation;
  /** When the gate looks at it again, from now; `never` when something else will move it. */
  readonly dueInMs: number | 'never' | 'unchanged';
}

/** The move to a final state. */
export function ended(
  before: Invocation,
  standing: Standing,
  more: Partial<Pick<Invocation, 'reason' | 'responseCode' | 'startedAt' | 'finishedAt' | 'accepted' | 'sent'>> = {},
): Move {
  return { after: { ...before, ...standing, ...more }, dueInMs: 'never' };
}
