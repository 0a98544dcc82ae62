import { join } from 'node:path';

import { create } from '@bufbuild/protobuf';
import {
  type Invoke,
  type StatusReport,
  StatusReport_Phase,
  StatusReportSchema,
  type StepReport,
  StepReportSchema,
  type StreamReport,
  StreamReportSchema,
} from '@muster/contracts';
import type { CommandStep } from '@muster/documents';

import type { LiveEntry } from './ledger.js';
import { invokeOf, readInvoke } from './received-invoke.js';
import type { StreamName } from './run-folder.js';
import type { StreamResult } from './step-result.js';
import { headBytes, readHead } from './stream-file.js';

const headsBytes = 640_000;

/** Says that the script runs. */
export function startedReport(
  nodeId: string,
  id: string,
  invoke: Invoke,
  startedAtMs: number,
  traceparent?: string,
): StatusReport {
  return create(StatusReportSchema, {
    invocationId: id,
    commandId: invoke.commandId,
    nodeId,
    phase: StatusReport_Phase.STARTED,
    startedAtMs: BigInt(startedAtMs),
    traceparent,
  });
}

/** The final report, made anew from the journal and the files each time it is sent. */
export async function finalReport(nodeId: string, workFolder: string, entry: LiveEntry): Promise<StatusReport> {
  const { accepted, finished } = entry;
  if (!finished) throw new Error(`${accepted.id} has not finished.`);
  const invoke = invokeOf(accepted);
  const steps = await stepReports(invoke, join(workFolder, accepted.id), entry);
  const begun = steps.map(({ startedAtMs }) => startedAtMs).filter((at) => at > 0n);
  return create(StatusReportSchema, {
    invocationId: accepted.id,
    commandId: invoke.commandId,
    nodeId,
    phase: StatusReport_Phase.FINISHED,
    outcome: finished.outcome,
    steps,
    startedAtMs: begun[0] ?? BigInt(finished.at),
    finishedAtMs: BigInt(finished.at),
    reason: finished.reason,
    traceparent: finished.traceparent,
  });
}

async function stepReports(invoke: Invoke, folder: string, entry: LiveEntry): Promise<StepReport[]> {
  const read = readInvoke(invoke);
  if (typeof read === 'string') return [];
  const reports: StepReport[] = [];
  // A stream takes messages of 1 MB: many steps share what there is for heads.
  const share = Math.min(1, headsBytes / (entry.ended.size * (headBytes.stdout + headBytes.stderr)));
  for (const [index, step] of read.document.steps.entries()) {
    if (entry.ended.has(index)) reports.push(await stepReport(step, index, folder, entry, share));
  }
  return reports;
}

async function stepReport(
  step: CommandStep,
  index: number,
  folder: string,
  entry: LiveEntry,
  share: number,
): Promise<StepReport> {
  const result = entry.ended.get(index)?.result;
  const run = entry.started.get(index)?.folder;
  const streamOf = (name: StreamName, stream: StreamResult | undefined) =>
    run === undefined || !stream ? undefined : streamReport(join(folder, run), name, stream, share);
  return create(StepReportSchema, {
    name: step.name,
    plugin: step.action,
    outcome: result?.outcome,
    exitCode: result?.exitCode,
    stdout: await streamOf('stdout', result?.stdout),
    stderr: await streamOf('stderr', result?.stderr),
    startedAtMs: BigInt(result?.startedAtMs ?? 0),
    finishedAtMs: BigInt(result?.finishedAtMs ?? 0),
  });
}

async function streamReport(
  folder: string,
  name: StreamName,
  stream: StreamResult,
  share: number,
): Promise<StreamReport> {
  // A file that somebody removed does not keep the state from being reported.
  const head = await readHead(folder, name, stream.length, Math.floor(headBytes[name] * share)).catch(
    () => new Uint8Array(),
  );
  return create(StreamReportSchema, {
    head,
    length: BigInt(stream.length),
    sha256: Buffer.from(stream.sha256, 'hex'),
    cut: stream.cut,
  });
}
