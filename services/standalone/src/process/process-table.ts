import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

import { type ProcessIdentity, identify, statOf } from './process-identity.js';

/** All process numbers; empty where there is no /proc. */
export function allPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The command line of a process; empty when it is gone, a zombie, or another user's that hides it. */
export function argvOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

/** Processes of a process group. */
export function membersOfGroup(group: number): ProcessIdentity[] {
  return identities(allPids().filter((pid) => statOf(pid)?.group === group));
}

/** Processes whose working folder is this one. Those of other users are seen by root alone. */
export function processesWorkingIn(folder: string): ProcessIdentity[] {
  return identities(
    allPids().filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    }),
  );
}

function identities(pids: readonly number[]): ProcessIdentity[] {
  return pids.map(identify).filter((identity) => identity !== undefined);
}
