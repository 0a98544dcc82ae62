import type {
  InvocationAccepted,
  InvocationFinished,
  InvocationRemembered,
  JournalRecord,
  StepEnded,
  StepStarted,
} from './journal-record.js';

/** How one invocation stands, as the journal tells it. */
export type LedgerEntry = LiveEntry | RememberedEntry;

/** Accepted and not yet forgotten. */
export interface LiveEntry {
  readonly phase: 'accepted' | 'finished';
  readonly accepted: InvocationAccepted;
  readonly cancelled: boolean;
  readonly started: ReadonlyMap<number, StepStarted>;
  readonly ended: ReadonlyMap<number, StepEnded>;
  readonly finished?: InvocationFinished;
  readonly rememberUntil?: number;
  readonly drained: boolean;
}

/** Only the id is left, so that it never runs again. */
export interface RememberedEntry {
  readonly phase: 'remembered';
  readonly record: InvocationRemembered;
}

/**
 * All invocations that this node knows, built from the journal's records in their order. Records only move an invocation forward; one that makes
 * no sense where it stands is an error, never a guess.
 */
export class Ledger {
  private readonly entries = new Map<string, LedgerEntry>();

  get(id: string): LedgerEntry | undefined {
    return this.entries.get(id);
  }

  /** Every accepted invocation that is not forgotten yet, oldest first. */
  live(): readonly LiveEntry[] {
    return [...this.entries.values()].filter((entry) => entry.phase !== 'remembered');
  }

  apply(record: JournalRecord): void {
    switch (record.kind) {
      case 'journal':
        return;
      case 'accepted':
        if (this.entries.has(record.id)) throw outOfOrder(record);
        this.entries.set(record.id, {
          phase: 'accepted',
          accepted: record,
          cancelled: false,
          started: new Map(),
          ended: new Map(),
          drained: false,
        });
        return;
      case 'remembered':
        if (this.entries.has(record.id)) throw outOfOrder(record);
        this.entries.set(record.id, { phase: 'remembered', record });
        return;
      case 'cancelled':
        return this.change(record.id, record, (entry) => ({ ...entry, cancelled: true }));
      case 'started':
        return this.change(record.id, record, (entry) => {
          // The same step twice would be a script run twice.
          if (entry.finished || entry.started.has(record.step)) throw outOfOrder(record);
          return { ...entry, started: new Map(entry.started).set(record.step, record) };
        });
      case 'step-ended':
        return this.change(record.id, record, (entry) => {
          if (entry.finished || entry.ended.has(record.step)) throw outOfOrder(record);
          return { ...entry, ended: new Map(entry.ended).set(record.step, record) };
        });
      case 'finished':
        return this.change(record.id, record, (entry) => {
          if (entry.finished) throw outOfOrder(record);
          return { ...entry, phase: 'finished', finished: record };
        });
      case 'settled':
        return this.change(record.id, record, (entry) => {
          if (!entry.finished) throw outOfOrder(record);
          return { ...entry, rememberUntil: record.rememberUntil };
        });
      case 'drained':
        return this.change(record.id, record, (entry) => {
          if (!entry.finished) throw outOfOrder(record);
          return { ...entry, drained: true };
        });
    }
  }

  /** The records that build the same ledger again, without the ids that need not be remembered any longer. */
  snapshot(nowMs: number): readonly JournalRecord[] {
    return [...this.entries.values()].flatMap((entry) => recordsOf(entry, nowMs));
  }

  /** Forgets the ids whose time is over. */
  forget(nowMs: number): void {
    for (const [id, entry] of this.entries) {
      if (entry.phase === 'remembered' && entry.record.rememberUntil < nowMs) this.entries.delete(id);
    }
  }

  private change(id: string, record: JournalRecord, next: (entry: LiveEntry) => LiveEntry): void {
    const entry = this.entries.get(id);
    if (!entry || entry.phase === 'remembered') throw outOfOrder(record);
    this.entries.set(id, forgetIfDone(next(entry)));
  }
}

// Settled and drained: only the id is kept.
function forgetIfDone(entry: LiveEntry): LedgerEntry {
  if (entry.rememberUntil === undefined || !entry.drained) return entry;
  const record = { id: entry.accepted.id, rememberUntil: entry.rememberUntil, tombstone: false };
  return { phase: 'remembered', record: { kind: 'remembered', ...record } };
}

function recordsOf(entry: LedgerEntry, nowMs: number): readonly JournalRecord[] {
  if (entry.phase === 'remembered') return entry.record.rememberUntil < nowMs ? [] : [entry.record];
  const { id } = entry.accepted;
  return [
    entry.accepted,
    ...(entry.cancelled ? [{ kind: 'cancelled', id } as const] : []),
    ...[...entry.started.values()],
    ...[...entry.ended.values()],
    ...(entry.finished ? [entry.finished] : []),
    ...(entry.rememberUntil === undefined
      ? []
      : [{ kind: 'settled', id, rememberUntil: entry.rememberUntil } as const]),
    ...(entry.drained ? [{ kind: 'drained', id } as const] : []),
  ];
}

function outOfOrder(record: JournalRecord): Error {
  const id = 'id' in record ? ` of ${record.id}` : '';
  return new Error(`The journal's record "${record.kind}"${id} makes no sense where it stands.`);
}
