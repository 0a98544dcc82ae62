import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ServerPlan } from './launch.js';
import type { PreparedPostgres } from './prepare-postgres.js';

export interface PlanPostgres {
  readonly port: number;
  readonly maxConnections?: number;
  /** Nobody will miss the data: nothing is synced to the disk. For tests. */
  readonly disposable?: boolean;
}

export interface PostgresPlan extends ServerPlan {
  /** The superuser's, database `postgres`. A secret. */
  readonly adminUrl: string;
  /** The server and its children work in this folder. */
  readonly dataFolder: string;
}

/** How the cluster is started: on loopback, by password, nothing but its data folder touched. */
export function planPostgres(prepared: PreparedPostgres, how: PlanPostgres): PostgresPlan {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(how.port),
    // No socket file: nothing to place, nothing left behind.
    unix_socket_directories: '',
    max_connections: String(how.maxConnections ?? 150),
    log_timezone: 'UTC',
    timezone: 'UTC',
    // What is committed still reaches the system before it is acknowledged: a kill takes nothing, only a power cut would.
    ...(how.disposable && { fsync: 'off', full_page_writes: 'off' }),
  };
  const { binaries, dataFolder, user, password } = prepared;
  return {
    name: 'postgres',
    adminUrl: `postgres://muster:${encodeURIComponent(password)}@127.0.0.1:${how.port}/postgres`,
    dataFolder,
    launch: {
      command: join(binaries.folder, 'bin', 'postgres'),
      args: ['-D', dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      env: { LC_ALL: 'C' },
      cwd: dataFolder,
      uid: user?.uid,
      gid: user?.gid,
    },
    ready: async (pid, gone) => {
      while (statusOf(dataFolder, pid) !== 'ready') await sleep(20, undefined, { signal: gone });
    },
  };
}

/**
 * Removes the lock file of a server that is gone when its number now belongs to another program: PostgreSQL would take
 * that one for itself and refuse to start. Call it when nobody of ours runs.
 */
export function dropStaleLock(dataFolder: string): void {
  const pid = Number(lockLines(dataFolder)[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return; // PostgreSQL handles that by itself
  if (worksIn(pid, dataFolder) === false) rmSync(join(dataFolder, 'postmaster.pid'), { force: true });
}

/** What `postmaster.pid` says in its eighth line, if it is of this process. */
function statusOf(dataFolder: string, pid: number): string | undefined {
  const lines = lockLines(dataFolder);
  return Number(lines[0]) === pid ? lines[7]?.trim() : undefined;
}

function lockLines(dataFolder: string): string[] {
  try {
    return readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Undefined where the system does not tell. */
function worksIn(pid: number, dataFolder: string): boolean | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder);
  } catch {
    return undefined;
  }
}
