import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { BackOff } from './back-off.js';
import type { ChildRecord, StopPlan } from './child-record.js';
import type { LogFile } from './log-file.js';
import { identify } from './process-identity.js';
import { endKin } from './stop-child.js';

/** What to start. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** One part of the system that runs as a child. */
export interface ChildPlan {
  /** As shown and as its log file is called. */
  readonly name: string;
  readonly stop: StopPlan;
  /** Made for each start. */
  launch(): Launch | Promise<Launch>;
  /** A channel for messages beside the log: for our own programs, which wait for `go` on it. */
  readonly channel?: boolean;
  /** Resolves when it serves. `started` is the child, already journaled; `gone` is aborted when it ends first. */
  ready(started: ChildProcess, gone: AbortSignal): Promise<void>;
}

/** What a child tells its supervisor. */
export interface ChildObserver {
  /** It runs: to be journaled before it is told to go. */
  started(child: ChildRecord): void;
  ended(child: ChildRecord): void;
  /** It serves again after it had died. */
  back(name: string): void;
  say(line: string): void;
}

/** A child did not come up. The message holds the end of its log. */
export class ChildFailed extends Error {}

/** Keeps one child running: starts it, and starts it again with growing pauses whenever it dies, until it is let go. */
export class SupervisedChild {
  private readonly backOff = new BackOff({ firstMs: 100, longestMs: 15_000, healthyMs: 30_000 });
  private readonly letGo = new AbortController();
  private record?: ChildRecord;
  private ended?: Promise<string>;
  private keeping?: Promise<void>;

  constructor(
    readonly plan: ChildPlan,
    readonly log: LogFile,
    private readonly observer: ChildObserver,
  ) {}

  /** The running process; undefined between two. */
  get current(): ChildRecord | undefined {
    return this.record;
  }

  /** Starts it and resolves when it serves. @throws ChildFailed when this first start fails */
  async start(): Promise<void> {
    const launch = await this.plan.launch();
    if (this.letGo.signal.aborted) return;
    const run = this.run(launch);
    await run.served;
    this.keeping = this.keep(run);
  }

  /** Resolves when the process that runs now has ended and nothing of it is left. */
  async gone(): Promise<void> {
    await this.ended;
  }

  /** From now on its end is wanted. Resolves when nobody would start it again. */
  async release(): Promise<void> {
    this.letGo.abort();
    await this.keeping;
  }

  private async keep(first: Run): Promise<void> {
    for (let run: Run | undefined = first; run; run = await this.runAgain()) {
      const how = await run.ended;
      if (this.letGo.signal.aborted) return;
      const waitMs = this.backOff.after(performance.now() - run.beganAt);
      this.observer.say(`${this.plan.name} ended (${how}); starting it again in ${waitMs} ms`);
      await sleep(waitMs, undefined, { signal: this.letGo.signal }).catch(() => undefined);
      if (this.letGo.signal.aborted) return;
    }
  }

  private async runAgain(): Promise<Run | undefined> {
    let launch: Launch;
    try {
      launch = await this.plan.launch();
    } catch (error) {
      return { beganAt: performance.now(), served: Promise.resolve(), ended: Promise.resolve(firstLine(error)) };
    }
    if (this.letGo.signal.aborted) return undefined;
    const run = this.run(launch);
    run.served.then(
      () => this.observer.back(this.plan.name),
      (error: unknown) => {
        // When it runs but does not serve in its time, it is ended, so that the next one may try.
        if (!this.letGo.signal.aborted) this.observer.say(firstLine(error));
        if (run.pid !== undefined) killQuietly(run.pid);
      },
    );
    return run;
  }

  private run(launch: Launch): Run {
    const child = spawn(launch.command, launch.args, {
      env: launch.env,
      cwd: launch.cwd,
      uid: launch.uid,
      gid: launch.gid,
      detached: true, // a session of its own: Ctrl-C in the terminal reaches the supervisor alone, which ends all in order
      stdio: ['ignore', this.log.fd, this.log.fd, ...(this.plan.channel ? (['ipc'] as const) : [])],
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    const record = identity && { name: this.plan.name, identity, stop: this.plan.stop };
    if (record) {
      this.record = record;
      this.observer.started(record);
    }
    const wholeEnd = ended.then(async (how) => {
      if (!record) return how;
      if (!this.letGo.signal.aborted) await endKin(record, 5_000);
      this.record = undefined;
      this.observer.ended(record);
      return how;
    });
    this.ended = wholeEnd;
    return { pid: child.pid, beganAt: performance.now(), served: this.serve(child, ended), ended: wholeEnd };
  }

  private async serve(child: ChildProcess, ended: Promise<string>): Promise<void> {
    const gone = new AbortController();
    const early = ended.then((how) => {
      gone.abort();
      throw new ChildFailed(
        [
          `${this.plan.name} ended before it was ready (${how}). The end of ${this.log.file}:`,
          ...this.log.lastLines(12).map((line) => `  ${line.slice(0, 400)}`),
        ].join('\n'),
      );
    });
    await Promise.race([this.plan.ready(child, gone.signal), early]).catch(async (error: unknown) => {
      if (gone.signal.aborted) await early; // its end is the better explanation
      throw error;
    });
  }
}

/** One life of the child. */
interface Run {
  readonly pid?: number | undefined;
  readonly beganAt: number;
  readonly served: Promise<void>;
  /** How it ended, once nothing of it is left. */
  readonly ended: Promise<string>;
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0]!;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
