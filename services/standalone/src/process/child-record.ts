import type { ProcessIdentity } from './process-identity.js';

/** What must be known of a child to end it properly: kept by the journal, the guard and the supervisor alike. */
export interface ChildRecord {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly stop: StopPlan;
}

/** How a child is ended. */
export interface StopPlan {
  /** Children of a lower rank are ended first; those of one rank together. */
  readonly rank: number;
  /** What asks it to end in order. */
  readonly signal: NodeJS.Signals;
  /** How long it may take before it is killed, milliseconds. */
  readonly graceMs: number;
  /**
   * A folder: other processes that work there belong to the child and end with it. PostgreSQL's backends make sessions of
   * their own, so they are not in its process group; but all of them stand in its data folder.
   */
  readonly alsoWorkingIn?: string;
}

/** The order in which the parts end: who works for nobody any more ends first. */
export const stopRank = { agent: 1, services: 2, broker: 3, database: 4 } as const;
