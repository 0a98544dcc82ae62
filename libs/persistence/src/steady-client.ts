import pg from 'pg';

/**
 * A connection whose loss never ends the process. The pool listens only to idle ones and the query runner only to its own:
 * one that dies between two statements, or between its last one and its return, would throw an error that nobody catches.
 * Whoever uses it next is told by the statement.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
