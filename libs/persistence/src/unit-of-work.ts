import type { Announcement } from '@muster/contracts';
import type { EntityManager } from 'typeorm';

import type { Audit } from './audit-trail.js';

/** What runs SQL: a transaction, or the pool for single statements. */
export interface Queries {
  /** Rows of one statement. Values are bound, never pasted. */
  query<R extends object>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** The same as a prepared statement, for hot ways: one name, always the same text. */
  named<R extends object>(name: string, sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** One transaction. Await one query after another. */
export interface Tx extends Queries {
  /** TypeORM on the same connection; not in a commit that shares its transaction. */
  readonly manager: EntityManager;
  /** Writes the event to the outbox with this transaction. */
  announce(...events: readonly Announcement<unknown>[]): void;
  /** Runs after the commit, once; a failure there is logged and changes nothing. */
  afterCommit(work: () => void | Promise<void>): void;
}

/** What makes a retried call the same call. */
export interface Retry {
  readonly principal: string;
  readonly operation: string;
  readonly bodyHash: string;
  readonly invocationId: string;
}

/** What a commit touches besides what it adds, so that commits that touch different things can share a transaction. */
export interface Apart {
  /** Commits of different scopes never wait for each other: an account and a region. */
  readonly scope: string;
  /**
   * The one row, with all that hangs on it, that this commit locks first and that no other of its scope may touch in the
   * same transaction. Ordered as the statements that lock several of them order them.
   */
  readonly thing: string;
}

/** What a transaction must know of the call that it belongs to. */
export interface Committing {
  readonly retry?: Retry | undefined;
  /** Its records are committed with what it changes. */
  readonly audit?: Audit | undefined;
}

/** Transactions of this service's schema. */
export abstract class UnitOfWork {
  /**
   * The transaction of an API call. When the same call (`call.retry`) was answered before, its answer is thrown back to
   * the host, which repeats it: `work` then runs not at all. What `work` returns must be the operation's answer.
   * @param apart for hot ways: what comes while another commit of the scope is under way is committed together, by one
   *   round trip for each step. `work` then uses SQL only, and may be run again, as always.
   */
  abstract commit<T extends object>(call: Committing, work: (tx: Tx) => Promise<T>, apart?: Apart): Promise<T>;
  /** What this very call was answered before, if it was: also when what it acted on is gone since. */
  abstract answerOf(call: Committing): Promise<object | undefined>;
  /** Any other transaction. */
  abstract run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Single statements outside a transaction. */
export abstract class Database implements Queries {
  abstract query<R extends object>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  abstract named<R extends object>(name: string, sql: string, values?: readonly unknown[]): Promise<R[]>;
}
