import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { create, toBinary } from '@bufbuild/protobuf';
import {
  type CancelAnswer,
  CancelAnswer_State,
  CancelAnswerSchema,
  type Invoke,
  type InvokeAnswer,
  InvokeAnswer_Verdict as Verdict,
  InvokeAnswerSchema,
  InvokeSchema,
  StatusReport_Outcome as Outcome,
  StatusReportSchema,
} from '@muster/contracts';
import { contextFrom, SpanKind, traceparent, withSpan } from '@muster/telemetry';

import type { NodeWork } from '../link/node-work.js';
import { bootId } from '../state/process-identity.js';
import { FinalReports } from './final-reports.js';
import { type InvocationEnd, InvocationRun } from './invocation-run.js';
import { NoSpace } from './journal.js';
import type { InvocationAccepted } from './journal-record.js';
import type { LiveEntry } from './ledger.js';
import { OutputPump } from './output-pump.js';
import { invokeOf, missingPlugin, readInvoke } from './received-invoke.js';
import { removeInvocationFolder } from './run-folder.js';
import { Slots } from './slots.js';
import { finalReport } from './status-report.js';
import type { Surroundings } from './surroundings.js';
import { Turns } from './turns.js';

const atOnce = 8;
const mostWaiting = 1_000;
const dayMs = 24 * 3_600_000;
/** Longer than any command may wait to be delivered (30 days). */
const tombstoneDays = 31;
const rememberDays = 2;
const longestTimerMs = 2 ** 31 - 1;
/** Output that nobody takes for so long is given up. */
const giveOutputUpMs = 7 * dayMs;

/** Everything that this node was asked to do: accepted once, run at most once, reported until it is settled. */
export class Invocations implements NodeWork {
  private readonly slots = new Slots(atOnce);
  private readonly turns = new Turns();
  private readonly cancellations = new Map<string, AbortController>();
  private readonly pumps = new Map<string, readonly OutputPump[]>();
  private readonly finals: FinalReports;
  private closed = false;

  constructor(
    private readonly around: Surroundings,
    /** The journal cannot be written any more: nothing may be done. */
    private readonly broken: (error: unknown) => void,
  ) {
    this.finals = new FinalReports((id) => this.sendFinal(id));
  }

  /** Takes up what an agent before this one left: adopts what runs, reports what ended. */
  resume(): void {
    this.sweepFolders();
    const entries = this.ledger.live();
    const open = entries.filter(({ phase }) => phase === 'accepted');
    // What runs is adopted before anything new takes a place.
    const begunFirst = [...open].sort((a, b) => Number(b.started.size > 0) - Number(a.started.size > 0));
    for (const entry of begunFirst) this.execute(entry.accepted, entry.cancelled);
    for (const entry of entries.filter(({ phase }) => phase === 'finished')) {
      if (entry.rememberUntil === undefined) this.finals.keep(entry.accepted.id);
      if (!entry.drained) this.drain(entry, []);
    }
  }

  invoke(id: string, invoke: Invoke, trace: string | undefined): Promise<InvokeAnswer> {
    return this.turns.take(id, async () => {
      const known = this.ledger.get(id);
      if (known?.phase === 'remembered' && known.record.tombstone) {
        return verdict(Verdict.CANCELLED, 'It was cancelled before it arrived.');
      }
      return known ? verdict(Verdict.ACCEPTED) : this.accept(id, invoke, trace);
    });
  }

  cancel(id: string): Promise<CancelAnswer> {
    return this.turns.take(id, async () => {
      const entry = this.ledger.get(id);
      if (!entry) {
        const rememberUntil = this.around.now() + tombstoneDays * dayMs;
        await this.around.journal.write({ kind: 'remembered', id, rememberUntil, tombstone: true });
        return cancelState(CancelAnswer_State.TOMBSTONED);
      }
      if (entry.phase === 'remembered') {
        return cancelState(entry.record.tombstone ? CancelAnswer_State.TOMBSTONED : CancelAnswer_State.FINISHED);
      }
      if (entry.phase === 'finished') return cancelState(CancelAnswer_State.FINISHED);
      if (!entry.cancelled) await this.around.journal.write({ kind: 'cancelled', id });
      this.cancellations.get(id)?.abort();
      return cancelState(CancelAnswer_State.STOPPING);
    });
  }

  settled(id: string): Promise<void> {
    return this.turns.take(id, async () => {
      const entry = this.ledger.get(id);
      if (entry?.phase !== 'finished') return;
      this.finals.settled(id);
      if (entry.rememberUntil !== undefined) return;
      const waited = Number(invokeOf(entry.accepted).startWithinMs);
      const rememberUntil = this.around.now() + waited + rememberDays * dayMs;
      await this.around.journal.writeWhenPossible({ kind: 'settled', id, rememberUntil });
      this.forgetFolder(id);
    });
  }

  standing(): { readonly unsettled: readonly string[]; readonly running: readonly string[] } {
    return { unsettled: this.finals.ids(), running: [...this.cancellations.keys()] };
  }

  granted(): void {
    this.finals.sendAll();
  }

  /** Stops sending and starting. What runs goes on, and the next agent adopts it. */
  close(): void {
    this.closed = true;
    this.finals.close();
    for (const pumps of this.pumps.values()) for (const pump of pumps) pump.stop();
  }

  private async accept(id: string, invoke: Invoke, trace: string | undefined): Promise<InvokeAnswer> {
    const refusal = this.refusal(invoke);
    if (refusal) return refusal;
    const accepted: InvocationAccepted = {
      kind: 'accepted',
      id,
      invoke: Buffer.from(toBinary(InvokeSchema, invoke)).toString('base64'),
      traceparent: trace,
      at: this.around.now(),
      uptimeMs: this.around.uptimeMs(),
      bootId: bootId(),
    };
    try {
      await this.around.journal.write(accepted);
    } catch (error) {
      if (error instanceof NoSpace) return verdict(Verdict.NO_SPACE, error.message);
      throw error;
    }
    this.execute(accepted, false);
    return verdict(Verdict.ACCEPTED);
  }

  private refusal(invoke: Invoke): InvokeAnswer | undefined {
    if (this.closed) return verdict(Verdict.REFUSED, 'The agent is stopping.');
    if (this.slots.waiting >= mostWaiting)
      return verdict(Verdict.NO_SPACE, `${mostWaiting} commands wait on this node.`);
    const full = this.around.room.refuses(this.cancellations.size);
    if (full) return verdict(Verdict.NO_SPACE, full);
    const read = readInvoke(invoke);
    // What is unsound is accepted all the same: it ends as Failed, with the reason.
    const missing =
      typeof read === 'string' ? undefined : missingPlugin(read, this.around.platformType, this.around.plugins);
    return missing === undefined ? undefined : verdict(Verdict.INVALID_PLATFORM, `This node has no plugin ${missing}.`);
  }

  /** Runs it in its turn and keeps the result; nobody waits for it. */
  private execute(accepted: InvocationAccepted, cancelled: boolean): void {
    const { id } = accepted;
    const cancellation = new AbortController();
    if (cancelled) cancellation.abort();
    this.cancellations.set(id, cancellation);
    const run = new InvocationRun(accepted, cancellation.signal, this.around);
    const leaveQueue = new AbortController();
    const timer = setTimeout(() => leaveQueue.abort(), this.mayWaitMs(accepted)).unref();
    cancellation.signal.addEventListener('abort', () => leaveQueue.abort(), { once: true });
    const attributes = { 'muster.invocation_id': id, 'muster.node_id': this.around.nodeId };
    void this.slots
      .within(async () => {
        clearTimeout(timer);
        if (this.closed) return;
        await withSpan(
          'muster.node.invoke',
          { kind: SpanKind.CONSUMER, attributes, parent: contextFrom(accepted.traceparent) },
          async () => {
            const end = bornBeforeThisBoot(accepted, this.ledger.get(id)) ?? (await run.run());
            await this.finish(id, end, run.pumps);
          },
        );
      }, leaveQueue.signal)
      .catch((error: unknown) => this.fail(error));
  }

  private mayWaitMs({ invoke, uptimeMs }: InvocationAccepted): number {
    const left = uptimeMs + Number(invokeOf({ invoke }).startWithinMs) - this.around.uptimeMs();
    return Math.min(longestTimerMs, Math.max(0, left));
  }

  private fail(error: unknown): void {
    if (!this.closed) this.broken(error);
  }

  private async finish(id: string, { outcome, reason }: InvocationEnd, pumps: readonly OutputPump[]): Promise<void> {
    await this.around.journal.writeWhenPossible({
      kind: 'finished',
      id,
      at: this.around.now(),
      outcome,
      reason,
      traceparent: traceparent(),
    });
    this.cancellations.delete(id);
    this.around.log.info({ invocationId: id, outcome: Outcome[outcome] }, 'an invocation has ended');
    this.finals.keep(id);
    const entry = this.ledger.get(id);
    if (entry?.phase === 'finished') this.drain(entry, pumps);
  }

  /** Goes on sending output after the end, until it is taken or given up. */
  private drain(entry: LiveEntry, running: readonly OutputPump[]): void {
    const { id } = entry.accepted;
    const pumps = running.length > 0 ? running : this.pumpsOf(entry);
    this.pumps.set(id, pumps);
    const giveUp = setTimeout(
      () => pumps.forEach((pump) => pump.stop()),
      Math.max(0, (entry.finished?.at ?? 0) + giveOutputUpMs - this.around.now()),
    ).unref();
    void Promise.all(pumps.map(({ done }) => done))
      .then(async () => {
        clearTimeout(giveUp);
        this.pumps.delete(id);
        if (this.closed) return;
        await this.around.journal.writeWhenPossible({ kind: 'drained', id });
        this.forgetFolder(id);
      })
      .catch((error: unknown) => this.fail(error));
  }

  private pumpsOf(entry: LiveEntry): readonly OutputPump[] {
    const { accepted, started, ended } = entry;
    const invoke = invokeOf(accepted);
    const read = readInvoke(invoke);
    if (typeof read === 'string') return [];
    const pumps: OutputPump[] = [];
    for (const [index, { result }] of ended) {
      const folder = started.get(index)?.folder;
      const step = read.document.steps[index];
      if (folder === undefined || !step) continue;
      for (const stream of ['stdout', 'stderr'] as const) {
        const source = {
          invocationId: accepted.id,
          commandId: invoke.commandId,
          nodeId: this.around.nodeId,
          stepName: step.name,
          stream,
          folder: join(this.around.workFolder, accepted.id, folder),
          quotaBytes: Number(invoke.outputLimitBytes),
        };
        const pump = new OutputPump(source, this.around.uplink);
        pump.finish(result[stream]?.length ?? 0);
        pumps.push(pump);
      }
    }
    return pumps;
  }

  private async sendFinal(id: string): Promise<void> {
    const entry = this.ledger.get(id);
    if (entry?.phase !== 'finished') return;
    const report = await finalReport(this.around.nodeId, this.around.workFolder, entry);
    await this.around.uplink.status(toBinary(StatusReportSchema, report));
  }

  /** Removes the files of what is settled and drained. */
  private forgetFolder(id: string): void {
    if (this.ledger.get(id)?.phase !== 'remembered') return;
    removeInvocationFolder(join(this.around.workFolder, id));
    this.around.controlGroups.sweep();
  }

  private sweepFolders(): void {
    for (const name of readdirSync(this.around.workFolder)) {
      const entry = this.ledger.get(name);
      if (!entry || entry.phase === 'remembered') removeInvocationFolder(join(this.around.workFolder, name));
    }
    this.around.controlGroups.sweep();
  }

  private get ledger() {
    return this.around.journal.ledger;
  }
}

// How long it waited cannot be measured over a boot, so it is not started any more.
function bornBeforeThisBoot(
  accepted: InvocationAccepted,
  entry: ReturnType<Surroundings['journal']['ledger']['get']>,
): InvocationEnd | undefined {
  const begun = entry?.phase === 'accepted' && entry.started.size > 0;
  if (accepted.bootId === bootId() || begun) return undefined;
  return { outcome: Outcome.NOT_STARTED, reason: 'The machine went down before it could be started. It did not run.' };
}

function verdict(value: Verdict, reason = ''): InvokeAnswer {
  return create(InvokeAnswerSchema, { verdict: value, reason });
}

function cancelState(state: CancelAnswer_State): CancelAnswer {
  return create(CancelAnswerSchema, { state });
}
