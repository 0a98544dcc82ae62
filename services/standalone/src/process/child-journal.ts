import { readFileSync } from 'node:fs';

import type { ChildRecord } from './child-record.js';
import { writeAtomically } from './write-atomically.js';

/**
 * The children of this data folder, on disk: what a supervisor that was killed leaves to the next one. Written before a
 * child is told to go, in one step.
 */
export class ChildJournal {
  private records: readonly ChildRecord[];

  constructor(private readonly file: string) {
    this.records = read(file);
  }

  all(): readonly ChildRecord[] {
    return this.records;
  }

  /** Notes a child; one with the same name is replaced. */
  record(child: ChildRecord): void {
    this.write([...this.records.filter((other) => other.name !== child.name), child]);
  }

  forget(child: ChildRecord): void {
    this.write(this.records.filter((other) => other.identity.pid !== child.identity.pid));
  }

  private write(records: readonly ChildRecord[]): void {
    this.records = records;
    writeAtomically(this.file, JSON.stringify(records, undefined, 2));
  }
}

function read(file: string): readonly ChildRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return (JSON.parse(text) as unknown[]).filter(isRecord);
  } catch {
    return []; // a disk that lost it: left-overs are still found by their command lines
  }
}

function isRecord(value: unknown): value is ChildRecord {
  const { name, identity, stop } = (value ?? {}) as Partial<ChildRecord>;
  return (
    typeof name === 'string' &&
    Number.isInteger(identity?.pid) &&
    typeof identity?.startTime === 'string' &&
    typeof stop?.rank === 'number' &&
    typeof stop.signal === 'string' &&
    typeof stop.graceMs === 'number'
  );
}
