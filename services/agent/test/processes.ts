import { readdirSync, readFileSync } from 'node:fs';

/** Process numbers of all that has this invocation in its environment: wrapper, script, and what they started. */
export function processesOf(id: string): readonly number[] {
  return allProcesses().filter((pid) => environmentOf(pid).includes(`MUSTER_INVOCATION_ID=${id}\0`));
}

/** The wrapper of an invocation: the one that leads its session. */
export function wrapperOf(id: string): number | undefined {
  return processesOf(id).find((pid) => {
    const line = textOf(`/proc/${pid}/cmdline`);
    return line.includes('wrapper.sh') && textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[3] === String(pid);
  });
}

function allProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function environmentOf(pid: number): string {
  return textOf(`/proc/${pid}/environ`);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
