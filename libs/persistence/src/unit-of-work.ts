import type { Announcement } from '@muster/contracts';
import type { EntityManager } from 'typeorm';

/** What runs SQL: a transaction, or the pool for single statements. */
export interface Queries {
  /** Rows of one statement. Values are bound, never pasted. */
  query<R extends object>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** The same as a prepared statement, for hot ways: one name, always the same text. */
  named<R extends object>(name: string, sql: string, values?: readonly unknown[]): Promise<R[]>;
}

/** One transaction. Await one query after another. */
export interface Tx extends Queries {
  /** TypeORM on the same connection. */
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

/** Transactions of this service's schema. */
export abstract class UnitOfWork {
  /**
   * The transaction of an API call. When the same call (`call.retry`) was answered before, its answer is thrown back to
   * the host, which repeats it: `work` then runs not at all. What `work` returns must be the operation's answer.
   */
  abstract commit<T extends object>(
    call: { readonly retry?: Retry | undefined },
    work: (tx: Tx) => Promise<T>,
  ): Promise<T>;
  /** What this very call was answered before, if it was: also when what it acted on is gone since. */
  abstract answerOf(call: { readonly retry?: Retry | undefined }): Promise<object | undefined>;
  /** Any other transaction. */
  abstract run<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Single statements outside a transaction. */
export abstract class Database implements Queries {
  abstract query<R extends object>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  abstract named<R extends object>(name: string, sql: string, values?: readonly unknown[]): Promise<R[]>;
}
