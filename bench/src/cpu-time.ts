import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Milliseconds of processor time that a process has used: unlike throughput, hardly changed by what else runs. */
export function cpuTimeMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name, in brackets, and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** The same with all processes that it has started and that still run: PostgreSQL has one for each connection. */
export function cpuTimeWithChildrenMs(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.reduce((sum, child) => sum + cpuTimeMs(Number(child)), cpuTimeMs(pid));
}
