import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const slots = ['mark.slot', 'exit.slot', 'timed-out.slot', 'cancelled.slot', 'stdout.slot', 'stderr.slot'];

/** Names of the streams that are kept. */
export type StreamName = 'stdout' | 'stderr';

/** What a wrapper left in its folder: facts, each made by one atomic rename. */
export interface RunFacts {
  /** When the wrapper made its mark, milliseconds since the epoch. Absent: the script was never started. */
  readonly markedAtMs?: number;
  /** When and how the script ended. Absent: it runs, or its wrapper died. */
  readonly exit?: { readonly code: number; readonly atMs: number };
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** Streams of which something could not be written. */
  readonly lost: readonly StreamName[];
}

/** Makes a new folder for one attempt to run a script, with all that the wrapper will need even on a full disk. Returns its name. */
export function createRunFolder(invocationFolder: string, step: number, script: string): string {
  const name = `${step}-${randomBytes(4).toString('hex')}`;
  const folder = join(invocationFolder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const slot of slots) writeFileSync(join(folder, slot), '', { mode: 0o600 });
  for (const stream of ['stdout', 'stderr', 'wrapper.log']) writeFileSync(join(folder, stream), '', { mode: 0o600 });
  writeFileSync(join(folder, 'script'), script, { mode: 0o700 });
  return name;
}

/** What is known of a run now. */
export function readRunFacts(folder: string): RunFacts {
  const names = namesIn(folder);
  const exitName = names.find((name) => /^exit\.\d+$/.test(name));
  return {
    // A rename changes the time of the inode, not that of the content.
    markedAtMs: names.includes('mark') ? changedAt(folder, 'mark') : undefined,
    exit: exitName ? { code: Number(exitName.slice('exit.'.length)), atMs: changedAt(folder, exitName) } : undefined,
    timedOut: names.includes('timed-out'),
    cancelled: names.includes('cancelled'),
    lost: (['stdout', 'stderr'] as const).filter((stream) => names.includes(`${stream}.lost`)),
  };
}

/** What the wrapper itself complained about. */
export function wrapperLog(folder: string): string {
  try {
    return readFileSync(join(folder, 'wrapper.log'), 'utf8').trim().slice(0, 500);
  } catch {
    return '';
  }
}

/** Removes all that is kept of an invocation. */
export function removeInvocationFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function changedAt(folder: string, name: string): number {
  return Math.round(statSync(join(folder, name)).ctimeMs);
}
