import { join } from 'node:path';

import { toBinary } from '@bufbuild/protobuf';
import { type Invoke, StatusReport_Outcome as Outcome, StatusReportSchema } from '@muster/contracts';
import { type CommandStep, holds, interpolate, type Json } from '@muster/documents';
import { traceparent, withSpan } from '@muster/telemetry';

import type { ExecOutcome, Plugin, Script, Step, StepOutcome } from '../plugins/plugin.js';
import { BackOff } from './back-off.js';
import type { InvocationAccepted } from './journal-record.js';
import { outcomeOf, overall, runsAfter, type StepStanding } from './outcome.js';
import { OutputPump } from './output-pump.js';
import { invokeOf, readInvoke } from './received-invoke.js';
import { readRunFacts, type StreamName } from './run-folder.js';
import { runScript } from './script-run.js';
import { startedReport } from './status-report.js';
import type { StepResult } from './step-result.js';
import { sealStream } from './stream-file.js';
import type { Surroundings } from './surroundings.js';

const sayStartedAfterMs = 500;
const streams = ['stdout', 'stderr'] as const;

/** What became of a whole document. */
export interface InvocationEnd {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** Runs the steps of one accepted invocation, or what is left of them after a restart. */
export class InvocationRun {
  /** Those of the runs that were started here. They go on after the end of the run. */
  readonly pumps: OutputPump[] = [];
  private readonly invoke: Invoke;
  private readonly ended = new AbortController();
  private saidStarted = false;

  constructor(
    private readonly accepted: InvocationAccepted,
    private readonly cancelled: AbortSignal,
    private readonly around: Surroundings,
  ) {
    this.invoke = invokeOf(accepted);
  }

  /** @throws only when the journal cannot be written */
  async run(): Promise<InvocationEnd> {
    const read = readInvoke(this.invoke);
    if (typeof read === 'string') return { outcome: Outcome.FAILED, reason: read };
    const standings: StepStanding[] = [];
    const reasons: string[] = [];
    try {
      for (const [index, step] of read.document.steps.entries()) {
        const standing = { onFailure: step.onFailure, finallyStep: step.finallyStep };
        const applies = holds(step.precondition, this.around, read.values);
        const runs = applies && runsAfter(standings, { ...standing, outcome: Outcome.UNSPECIFIED });
        const result = runs ? await this.stepResult(index, step, interpolate(step.inputs, read.values)) : undefined;
        standings.push({ ...standing, outcome: result?.outcome ?? Outcome.UNSPECIFIED });
        if (result?.reason)
          reasons.push(read.document.steps.length > 1 ? `${step.name}: ${result.reason}` : result.reason);
      }
    } finally {
      this.ended.abort();
    }
    return { outcome: overall(standings), reason: reasons.join(' ') };
  }

  /** What the journal says of it, else what happens now. */
  private async stepResult(index: number, step: CommandStep, inputs: Json): Promise<StepResult> {
    const before = this.entry()?.ended.get(index)?.result;
    if (before) return before;
    const outcome = await withSpan(step.action, { attributes: { 'muster.step': step.name } }, () =>
      this.runPlugin(index, step, inputs),
    );
    const result = await this.seal(index, outcome);
    await this.around.journal.writeWhenPossible({ kind: 'step-ended', id: this.accepted.id, step: index, result });
    return result;
  }

  private async runPlugin(index: number, step: CommandStep, inputs: Json): Promise<StepOutcome> {
    const plugin: Plugin | undefined = this.around.plugins.get(step.action);
    if (!plugin) return this.couldNotRun(`This node has no plugin ${step.action}.`);
    const input = plugin.inputs.safeParse(inputs);
    if (!input.success)
      return this.couldNotRun(`The inputs of ${step.action} are not right: ${input.error.issues[0]?.message}.`);
    return plugin.run(input.data, this.stepFor(index, step));
  }

  private stepFor(index: number, step: CommandStep): Step {
    const pumps: OutputPump[] = [];
    return {
      exec: async (script: Script) => {
        const outcome = await runScript(
          script,
          {
            invocationId: this.accepted.id,
            commandId: this.invoke.commandId,
            step: index,
            quotaBytes: this.quotaBytes,
            region: this.invoke.region,
            cancelled: this.cancelled,
            tooLate: () => this.tooLate(index),
            running: (folder, startedAtMs) => {
              pumps.push(...streams.map((stream) => this.pump(step.name, stream, folder)));
              this.sayStarted(startedAtMs);
            },
          },
          this.around,
        );
        this.pumps.push(...pumps);
        return outcome;
      },
      succeeded: (exec) => ({ succeeded: true, exec, reason: exec.reason }),
      failed: (exec, reason) => ({ succeeded: false, exec, reason: reason ?? reasonOf(exec) }),
    };
  }

  /** Measures the output and tells the pumps where it ends. */
  private async seal(index: number, outcome: StepOutcome): Promise<StepResult> {
    const { exitCode, startedAtMs, finishedAtMs } = outcome.exec;
    const result = { outcome: outcomeOf(outcome), exitCode, reason: outcome.reason, startedAtMs, finishedAtMs };
    const name = this.entry()?.started.get(index)?.folder;
    if (name === undefined) return result;
    const folder = join(this.around.workFolder, this.accepted.id, name);
    const facts = readRunFacts(folder);
    const seal = (stream: StreamName) => sealStream(folder, stream, this.quotaBytes, facts);
    try {
      const sealed = { stdout: await seal('stdout'), stderr: await seal('stderr') };
      this.pumps.at(-2)?.finish(sealed.stdout.length);
      this.pumps.at(-1)?.finish(sealed.stderr.length);
      const lost = facts.lost.length > 0 ? ' Part of its output could not be kept: the disk was full.' : '';
      return { ...result, ...sealed, reason: `${result.reason}${lost}`.trim() };
    } catch (error) {
      for (const pump of this.pumps.slice(-2)) pump.finish(0);
      return { ...result, reason: `${outcome.reason} Its output cannot be read: ${(error as Error).message}`.trim() };
    }
  }

  private pump(stepName: string, stream: StreamName, folder: string): OutputPump {
    const { nodeId, uplink } = this.around;
    const { commandId } = this.invoke;
    const invocationId = this.accepted.id;
    return new OutputPump(
      { invocationId, commandId, nodeId, stepName, stream, folder, quotaBytes: this.quotaBytes },
      uplink,
    );
  }

  // A script that is over at once says so in its final report: one message for each.
  private sayStarted(startedAtMs: number): void {
    if (this.saidStarted) return;
    this.saidStarted = true;
    const trace = traceparent();
    const report = startedReport(this.around.nodeId, this.accepted.id, this.invoke, startedAtMs, trace);
    const backOff = new BackOff(1_000, 60_000);
    const say = () => {
      if (this.ended.signal.aborted) return;
      this.around.uplink
        .status(toBinary(StatusReportSchema, report))
        .catch(() => setTimeout(say, backOff.nextMs()).unref());
    };
    setTimeout(say, sayStartedAfterMs).unref();
  }

  private tooLate(index: number): boolean {
    // What has begun goes on with its next steps.
    if (index > 0 && (this.entry()?.started.size ?? 0) > 0) return false;
    return this.around.uptimeMs() - this.accepted.uptimeMs > Number(this.invoke.startWithinMs);
  }

  private get quotaBytes(): number {
    return Number(this.invoke.outputLimitBytes);
  }

  private entry() {
    const entry = this.around.journal.ledger.get(this.accepted.id);
    return entry && entry.phase !== 'remembered' ? entry : undefined;
  }

  private couldNotRun(reason: string): StepOutcome {
    const now = this.around.now();
    const exec = { end: 'exited', exitCode: -1, reason, startedAtMs: now, finishedAtMs: now } as const;
    return { succeeded: false, exec, reason };
  }
}

function reasonOf(exec: ExecOutcome): string {
  return exec.reason || `The script ended with exit code ${exec.exitCode}.`;
}
