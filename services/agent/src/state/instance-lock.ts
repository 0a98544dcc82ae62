import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { BrokenState } from './broken-state.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import type { StateFolder } from './state-folder.js';

/** Held while an agent runs on a state folder; a process that died holds nothing. */
export interface InstanceLock {
  release(): void;
}

/** Takes the folder for this process. @throws BrokenState when another agent runs on it */
export function takeLock(folder: StateFolder): InstanceLock {
  const own = identify(process.pid) as ProcessIdentity;
  const mine = `${folder.lock}.${own.pid}`;
  writeFileSync(mine, JSON.stringify(own), { mode: 0o600 });
  try {
    // Linking fails when the name exists: of two that start at once, one wins.
    for (let attempt = 0; !linked(mine, folder.lock); attempt++) {
      const holder = lockHolder(folder);
      if (holder || attempt === 10) throw new BrokenState(inUse(folder, holder));
      clearStale(folder, mine);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return { release: () => rmSync(folder.lock, { force: true }) };
}

/** The agent that runs on this folder now. */
export function lockHolder(folder: StateFolder): ProcessIdentity | undefined {
  const holder = readHolder(folder.lock);
  return holder && isAlive(holder) ? holder : undefined;
}

// Moved aside first and looked at again: somebody quicker may have put a living lock there meanwhile; then it goes back.
function clearStale(folder: StateFolder, mine: string): void {
  const aside = `${mine}.stale`;
  try {
    renameSync(folder.lock, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved && isAlive(moved)) linked(aside, folder.lock);
  rmSync(aside, { force: true });
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function inUse(folder: StateFolder, holder: ProcessIdentity | undefined): string {
  const who = holder ? `process ${holder.pid}` : 'another process';
  return `An agent runs on ${folder.root} already (${who}). Stop it first, or name another folder with --state-dir.`;
}
