import type { z } from 'zod';

/** What an SSM plugin is to the agent. */
export interface Plugin<I = unknown> {
  /** As documents name it, such as `aws:runShellScript`. */
  readonly name: string;
  /** Platform types on which it works. */
  readonly platforms: readonly ('Linux' | 'Windows' | 'MacOS')[];
  /** Shape of a step's inputs, after interpolation. */
  readonly inputs: z.ZodType<I>;
  /**
   * Does the step. After a restart of the agent it is called again from its beginning: what it did through `step` is not done twice, but
   * found as it stands.
   */
  run(input: I, step: Step): Promise<StepOutcome>;
}

/** All that a plugin may touch. */
export interface Step {
  /** Runs a script as a process of its own that survives the agent. Once for each step. */
  exec(script: Script): Promise<ExecOutcome>;
  /** The step is done as `outcome` says: an exit code of 0 is a success only here. */
  succeeded(outcome: ExecOutcome): StepOutcome;
  failed(outcome: ExecOutcome, reason?: string): StepOutcome;
}

export interface Script {
  readonly text: string;
  /** Empty: the home directory of the agent's user. */
  readonly workingDirectory: string;
  readonly timeoutSeconds: number;
}

/** How a script ended, if it did. */
export interface ExecOutcome {
  readonly end: 'exited' | 'timed-out' | 'cancelled' | 'interrupted' | 'not-started' | 'too-late';
  /** -1 when the script has none. */
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
}

/** What a plugin says in the end. */
export interface StepOutcome {
  readonly succeeded: boolean;
  readonly exec: ExecOutcome;
  readonly reason: string;
}
