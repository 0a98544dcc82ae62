import { join } from 'node:path';

import type { ExecOutcome, Script } from '../plugins/plugin.js';
import { bootId } from '../state/process-identity.js';
import { NoSpace } from './journal.js';
import type { StepStarted } from './journal-record.js';
import { invocationVariable, killRemains } from './remains.js';
import { createRunFolder, readRunFacts, type RunFacts, wrapperLog } from './run-folder.js';
import type { Surroundings } from './surroundings.js';
import { adopt, endWrapper, type WaitingWrapper, type Wrapper } from './wrapper.js';

/** Which script this is about, and what may keep it from starting. */
export interface ScriptRunOrder {
  readonly invocationId: string;
  readonly commandId: string;
  readonly step: number;
  readonly quotaBytes: number;
  readonly region: string;
  readonly cancelled: AbortSignal;
  /** Whether its time to start is over. */
  tooLate(): boolean;
  /** It has started, or was found running; its output grows in this folder. */
  running(folder: string, startedAtMs: number): void;
}

const askAgainMs = 6_000;
// A machine that goes down sends SIGTERM to all; that is nobody's cancellation.
const endedFromOutside =
  'It was ended from outside, as when the machine goes down; how far the script came is unknown.';

/**
 * Runs the script, or follows it where an agent before this one started it: at most once, whatever dies in between.
 * @throws only when the journal cannot be written
 */
export async function runScript(script: Script, order: ScriptRunOrder, around: Surroundings): Promise<ExecOutcome> {
  const started = startedBefore(order, around);
  if (started) return follow(adopt(started.wrapper), started, order, around);
  return keptFromStarting(order, around) ?? start(script, order, around);
}

async function start(script: Script, order: ScriptRunOrder, around: Surroundings): Promise<ExecOutcome> {
  let wrapper: WaitingWrapper;
  let folder: string;
  try {
    folder = createRunFolder(join(around.workFolder, order.invocationId), order.step, script.text);
    wrapper = await around.wrappers.spawn(wrapperOrder(script, folder, order, around));
  } catch (error) {
    return notRun('not-started', `No process could be made for it: ${(error as Error).message}`, around);
  }
  const record: StepStarted = {
    kind: 'started',
    id: order.invocationId,
    step: order.step,
    wrapper: wrapper.identity,
    folder,
    at: around.now(),
  };
  try {
    await around.journal.write(record);
  } catch (error) {
    wrapper.dismiss();
    if (error instanceof NoSpace) return notRun('not-started', `It did not run: ${error.message}`, around);
    throw error;
  }
  // Time has passed on the disk: asked again, since after "go" there is no way back.
  const kept = keptFromStarting(order, around);
  if (kept) {
    wrapper.dismiss();
    await wrapper.ended;
    return kept;
  }
  wrapper.go();
  return follow(wrapper, record, order, around);
}

async function follow(
  wrapper: Wrapper,
  started: StepStarted,
  order: ScriptRunOrder,
  around: Surroundings,
): Promise<ExecOutcome> {
  const folder = join(around.workFolder, order.invocationId, started.folder);
  order.running(folder, started.at);
  const ending = endWhenCancelled(wrapper, order.cancelled);
  await wrapper.ended;
  ending.stop();
  return conclude(folder, started, order, around);
}

function conclude(folder: string, started: StepStarted, order: ScriptRunOrder, around: Surroundings): ExecOutcome {
  const facts = readRunFacts(folder);
  const sameBoot = started.wrapper.bootId === bootId();
  if (facts.exit && !facts.timedOut && !facts.cancelled) return ended('exited', '', facts, around);
  if (sameBoot && facts.markedAtMs !== undefined) {
    // What left the script's group, or lost its wrapper, must not outlive the report.
    around.controlGroups.kill(groupName(order));
    killRemains(order.invocationId);
  }
  if (facts.timedOut) return ended('timed-out', 'It ran longer than it may and was ended.', facts, around);
  if (facts.cancelled && order.cancelled.aborted) {
    return ended('cancelled', 'It was ended because the command was cancelled.', facts, around);
  }
  if (facts.cancelled) return ended('interrupted', endedFromOutside, facts, around);
  if (!sameBoot) {
    return ended('interrupted', 'The machine went down; how far the script came is unknown.', facts, around);
  }
  if (facts.markedAtMs !== undefined) {
    return ended(
      'interrupted',
      'The process that watched over the script was killed; how far the script came is unknown.',
      facts,
      around,
    );
  }
  if (order.cancelled.aborted) return notRun('cancelled', 'The command was cancelled before it started.', around);
  const complaint = wrapperLog(folder);
  const why = complaint
    ? `its wrapper failed: ${complaint}`
    : 'the agent died before it could tell the script to start.';
  return notRun('not-started', `It did not run: ${why}`, around);
}

/** Asks until it has ended: a signal can get lost only where nobody listens yet. */
function endWhenCancelled(wrapper: Wrapper, cancelled: AbortSignal): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const ask = () => {
    endWrapper(wrapper.identity);
    timer = setTimeout(ask, askAgainMs).unref();
  };
  if (cancelled.aborted) ask();
  else cancelled.addEventListener('abort', ask, { once: true });
  return {
    stop: () => {
      clearTimeout(timer);
      cancelled.removeEventListener('abort', ask);
    },
  };
}

function keptFromStarting(order: ScriptRunOrder, around: Surroundings): ExecOutcome | undefined {
  if (order.cancelled.aborted) return notRun('cancelled', 'The command was cancelled before it started.', around);
  if (order.tooLate()) return notRun('too-late', 'The time in which it could start was over.', around);
  return undefined;
}

function startedBefore(order: ScriptRunOrder, around: Surroundings): StepStarted | undefined {
  const entry = around.journal.ledger.get(order.invocationId);
  return entry && entry.phase !== 'remembered' ? entry.started.get(order.step) : undefined;
}

function wrapperOrder(script: Script, name: string, order: ScriptRunOrder, around: Surroundings) {
  const folder = join(around.workFolder, order.invocationId, name);
  const path = join(folder, 'script');
  return {
    folder,
    // With an interpreter of its own it is executed, else read by sh: a folder that forbids execution does not matter then.
    command: script.text.startsWith('#!') ? [path] : ['/bin/sh', path],
    workingDirectory: script.workingDirectory || around.homeFolder,
    timeoutSeconds: script.timeoutSeconds,
    // One more tells that there was more.
    quotaBytes: order.quotaBytes + 1,
    controlGroup: around.controlGroups.create(groupName(order)),
    environment: {
      ...around.environment,
      AWS_SSM_INSTANCE_ID: around.nodeId,
      AWS_SSM_REGION_NAME: order.region,
      [invocationVariable]: order.invocationId,
      MUSTER_COMMAND_ID: order.commandId,
    },
  };
}

function groupName({ invocationId, step }: ScriptRunOrder): string {
  return `${invocationId}-${step}`;
}

function ended(end: ExecOutcome['end'], reason: string, facts: RunFacts, around: Surroundings): ExecOutcome {
  const now = around.now();
  return {
    end,
    exitCode: facts.exit?.code ?? -1,
    reason,
    startedAtMs: facts.markedAtMs ?? now,
    finishedAtMs: facts.exit?.atMs ?? now,
  };
}

function notRun(end: ExecOutcome['end'], reason: string, around: Surroundings): ExecOutcome {
  const now = around.now();
  return { end, exitCode: -1, reason, startedAtMs: now, finishedAtMs: now };
}
