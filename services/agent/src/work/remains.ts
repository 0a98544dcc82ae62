import { readdirSync, readFileSync } from 'node:fs';

/** In the environment of a script and of all that it starts: by it they are found again. */
export const invocationVariable = 'MUSTER_INVOCATION_ID';

/** Kills whatever still runs of an invocation whose wrapper is gone. Returns how many that were. */
export function killRemains(invocationId: string): number {
  const mark = `\0${invocationVariable}=${invocationId}\0`;
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => environmentOf(pid).includes(mark));
  for (const pid of found) kill(Number(pid));
  return found.length;
}

function environmentOf(pid: string): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended meanwhile.
  }
}
