import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Milliseconds of processor time: unlike throughput, hardly changed by what else runs. */
function cpuTimeMs(pid: number, ended = false): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name, in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const from = ended ? 13 : 11;
  return ((Number(fields[from]) + Number(fields[from + 1])) * 1000) / ticksPerSecond;
}

/** What a process has used, with all that it has started, ended or not: PostgreSQL has one for each connection. */
export function cpuTimeWithChildrenMs(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + cpuTimeMs(Number(child)), cpuTimeMs(pid) + cpuTimeMs(pid, true));
}
