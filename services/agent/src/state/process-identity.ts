import { readFileSync } from 'node:fs';

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since boot at which it started, as the kernel says it. */
  readonly startTime: string;
  /** The boot in which it lived. */
  readonly bootId: string;
}

let boot: string | undefined;

/** Differs after every boot of the machine. */
export function bootId(): string {
  return (boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

/** The identity of a process that lives now; undefined when there is none, or only its remains. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  return stat && stat.state !== 'Z' && stat.state !== 'X'
    ? { pid, startTime: stat.startTime, bootId: bootId() }
    : undefined;
}

/** Whether exactly this process lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && identify(identity.pid)?.startTime === identity.startTime;
}

function statOf(pid: number): { state: string; startTime: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name in parentheses may contain anything: fields are counted from its end. See proc(5): state is the 3rd, starttime the 22nd.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] as string, startTime: fields[19] as string };
}
