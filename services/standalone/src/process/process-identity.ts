import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the kernel counts it (clock ticks since boot); compared, never computed with. */
  readonly startTime: string;
  readonly bootId: string;
}

/** A process as `/proc/<pid>/stat` shows it. */
export interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly startTime: string;
}

/** Reads the identity of a running process; undefined when there is none with this number, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startTime: stat.startTime, bootId: bootId() };
}

/** Whether that very process still runs: the number alone may belong to somebody else by now. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && isSame(now, identity);
}

/** Whether two identities are of one process. */
export function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;
}

/** Reads what the kernel says about a process; undefined when there is none. */
export function statOf(pid: number): ProcessStat | undefined {
  if (process.platform !== 'linux') return statByPs(pid);
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined; // ENOENT, or ESRCH when it ends while it is read
  }
}

/** `pid (name) state ppid pgrp session …`: the name may hold spaces and brackets, so fields count from the last one. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent = '', group = ''] = fields;
  return { state, parent: Number(parent), group: Number(group), startTime: fields[19] ?? '' };
}

function statByPs(pid: number): ProcessStat | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,ppid=,pgid=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    }).trim();
    const [, state = '', parent = '', group = '', startTime = ''] = /^(\S)\S*\s+(\d+)\s+(\d+)\s+(.+)$/.exec(line) ?? [];
    return { state, parent: Number(parent), group: Number(group), startTime };
  } catch {
    return undefined;
  }
}

let boot: string | undefined;

function bootId(): string {
  try {
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    boot = 'unknown'; // no /proc: the start time is a date there and tells boots apart by itself
  }
  return boot;
}
