import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { ChildRecord, StopPlan } from './child-record.js';
import type { GuardMessage } from './guard.js';
import { identify } from './process-identity.js';

/** A guard that is told to end by a signal does not: nothing but the pipe ends it. When a next start meets it, it waits. */
const stop: StopPlan = { rank: 0, signal: 'SIGKILL', graceMs: 1_000 };

/** The supervisor's end of the pipe to its guard. A guard that dies is replaced and told everything again. */
export class GuardLink {
  private process?: ChildProcess;
  private children: readonly ChildRecord[] = [];
  private ending = false;

  /**
   * @param log a file descriptor for what the guard says
   * @param onGuard told of each new guard, to be journaled
   */
  constructor(
    private readonly log: number,
    private readonly onGuard: (guard: ChildRecord) => void,
    private readonly script = fileURLToPath(new URL('./guard.js', import.meta.url)),
  ) {}

  get pid(): number | undefined {
    return this.process?.pid;
  }

  start(): void {
    const guard = spawn(process.execPath, [this.script], { detached: true, stdio: ['pipe', this.log, this.log] });
    this.process = guard;
    guard.stdin!.on('error', () => undefined); // EPIPE when it was killed: `exit` below replaces it
    guard.once('exit', () => {
      if (!this.ending) this.start();
    });
    const identity = guard.pid === undefined ? undefined : identify(guard.pid);
    if (identity) this.onGuard({ name: 'guard', identity, stop });
    this.tell(this.children);
  }

  /** Whom to end when the supervisor is gone. */
  tell(children: readonly ChildRecord[]): void {
    this.children = children;
    this.say({ children });
  }

  /** Sends the guard home: there is nobody left to end. */
  async release(): Promise<void> {
    this.ending = true;
    const guard = this.process;
    if (!guard || guard.exitCode !== null || guard.signalCode !== null) return;
    const gone = once(guard, 'exit');
    this.say({ done: true });
    guard.stdin!.end();
    await gone;
  }

  private say(message: GuardMessage): void {
    this.process?.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
