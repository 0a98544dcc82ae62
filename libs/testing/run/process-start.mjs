import { readFileSync } from 'node:fs';

/**
 * When a process began, as the kernel counts it: tells it from a later one with the same number. Undefined when there is
 * none; empty where the system does not tell.
 */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return isThere(pid) ? '' : undefined;
  }
}

function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
