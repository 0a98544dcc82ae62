import type { ChildJournal } from './child-journal.js';
import type { ChildRecord } from './child-record.js';
import type { GuardLink } from './guard-link.js';
import { LogFile } from './log-file.js';
import { ProblemWatch } from './problem-watch.js';
import { type ChildPlan, SupervisedChild } from './supervised-child.js';
import { stopInOrder } from './stop-child.js';

/** What the children of a supervisor need around them. */
export interface AroundChildren {
  readonly journal: ChildJournal;
  readonly guard: GuardLink;
  /** Where the log of a child lies. */
  readonly logFile: (name: string) => string;
  /** A child died, came back or said a problem. */
  readonly problem: (line: string) => void;
  /** Other processes than before. */
  readonly changed: () => void;
}

/** All children of one supervisor: started, journaled, told to the guard, kept running, and at last ended in order. */
export class Children {
  private readonly children: SupervisedChild[] = [];
  private readonly watch: ProblemWatch;
  private stopping = false;

  constructor(private readonly around: AroundChildren) {
    this.watch = new ProblemWatch((line) => {
      if (!this.stopping) around.problem(line);
    });
  }

  /** Starts a child and resolves when it serves. @throws ChildFailed */
  async start(plan: ChildPlan): Promise<void> {
    if (this.stopping) throw new Error(`${plan.name} is not started: Muster is ending`);
    const log = new LogFile(this.around.logFile(plan.name));
    const child = new SupervisedChild(plan, log, {
      started: (record) => this.note(() => this.around.journal.record(record)),
      ended: (record) => this.note(() => this.around.journal.forget(record)),
      back: (name) => this.around.problem(`${name} is back`),
      say: this.around.problem,
    });
    this.children.push(child);
    this.watch.add(plan.name, log);
    await child.start();
  }

  /** Those that run now. */
  running(): ChildRecord[] {
    return this.children.flatMap(({ current }) => current ?? []);
  }

  /** Ends all, in order. Nothing is started any more. @param hurry when aborted, nobody is waited for */
  async stop(hurry: AbortSignal, onStopped: (child: ChildRecord, outcome: 'ended' | 'killed') => void): Promise<void> {
    this.stopping = true;
    const released = this.children.map((child) => child.release());
    // Again, as long as one was being made at that very moment.
    for (let left = this.running(); left.length > 0; left = this.running()) {
      await stopInOrder(left, { hurry, onStopped });
      await Promise.all(left.map((record) => this.forgotten(record)));
    }
    await Promise.all(released);
    this.watch.stop();
    for (const { log } of this.children) log.close();
  }

  private async forgotten(record: ChildRecord): Promise<void> {
    await this.children.find((child) => child.current === record)?.gone();
  }

  private note(write: () => void): void {
    this.around.guard.tell(this.running());
    try {
      write();
      this.around.changed();
    } catch (error) {
      // A full disk must not end what runs. The guard knows all, and a next start recognises command lines.
      this.around.problem(`the list of processes cannot be written: ${(error as Error).message}`);
    }
  }
}
