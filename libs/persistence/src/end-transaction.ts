import type pg from 'pg';

import { driverFailure, isDatabaseAway } from './database-away.js';

/** Commits. @throws when it is not certain that it has */
export async function commit(client: pg.PoolClient): Promise<void> {
  let command: string;
  try {
    command = (await client.query('COMMIT')).command;
  } catch (error) {
    throw driverFailure(error);
  }
  // Postgres answers the COMMIT of a failed transaction with ROLLBACK, and calls that no error.
  if (command !== 'COMMIT') throw new Error('A statement of this transaction failed and its error was not passed on.');
}

/** Rolls back; a connection of which that is not certain goes back to nobody. */
export async function giveUp(client: pg.PoolClient, why: unknown): Promise<void> {
  try {
    if (isDatabaseAway(why)) throw why;
    await client.query('ROLLBACK');
  } catch {
    // The pool drops a connection that is ending. Not awaited: a cut network would let us wait.
    client.end().catch(() => undefined);
  }
}
