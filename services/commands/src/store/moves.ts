import type { Invocation, Move } from '../domain/invocation.js';
import type { InvocationRow } from './invocation-row.js';

/** An invocation with what a rule made of it. */
export interface MovedRow {
  readonly before: InvocationRow;
  readonly move: Move;
}

/** What a batch makes of invocations: one move each, though several messages may speak about one. */
export class Moves {
  private readonly rows: Map<string, InvocationRow>;
  private readonly moved = new Map<string, MovedRow>();

  constructor(rows: Iterable<InvocationRow>) {
    this.rows = new Map([...rows].map((row) => [row.id, row]));
  }

  /** The invocation as it stands after what was added before. */
  current(id: string): InvocationRow | undefined {
    const row = this.rows.get(id);
    const moved = this.moved.get(id);
    return row && moved ? { ...row, ...moved.move.after } : row;
  }

  /** Adds what a rule says about it; nothing when there is no such invocation. */
  add(id: string, rule: (before: Invocation) => Move | undefined): void {
    const current = this.current(id);
    const move = current && rule(current);
    if (!move) return;
    const earlier = this.moved.get(id);
    const dueInMs = move.dueInMs === 'unchanged' && earlier ? earlier.move.dueInMs : move.dueInMs;
    this.moved.set(id, { before: this.rows.get(id)!, move: { after: move.after, dueInMs } });
  }

  /** Moves of the invocations of one command. */
  of(commandId: string): MovedRow[] {
    return [...this.moved.values()].filter(({ before }) => before.commandId === commandId);
  }
}
