import type { Socket } from 'node:net';

import pg from 'pg';

/**
 * A connection whose loss never ends the process. The pool listens only to idle ones and the query runner only to its own:
 * one that dies between two statements, or between its last one and its return, would throw an error that nobody catches.
 * Whoever uses it next is told by the statement.
 *
 * Statements that are sent in one turn go out in one write: those of a group of commits come in bursts.
 */
export class SteadyClient extends pg.Client {
  private gathering = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }

  // However it is called: the client's own overloads do not matter here.
  override query(...args: never[]): never {
    this.gather();
    return (super.query as (...args: never[]) => never).apply(this, args);
  }

  private gather(): void {
    if (this.gathering) return;
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    this.gathering = true;
    stream.cork();
    // After all that this turn's answers have set going.
    process.nextTick(() => {
      this.gathering = false;
      stream.uncork();
    });
  }
}
