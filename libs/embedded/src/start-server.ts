import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { ServerPlan } from './launch.js';

/** A server that serves. */
export interface RunningServer {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Settles when it has ended, however that came. */
  readonly exited: Promise<void>;
  /** Asks it to end, waits, and kills it when it takes too long. Safe to repeat. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
}

/** A server ended before it served. The message holds the end of its log. */
export class ServerFailed extends Error {
  override readonly name = 'ServerFailed';

  constructor(
    message: string,
    /** What it said. */
    readonly log: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface StartServer {
  /** It writes here itself: no pipe that breaks with the one who started it. */
  readonly logFile: string;
  readonly readyWithinMs?: number;
  /** What asks it to end in order; PostgreSQL wants SIGINT. */
  readonly stopSignal?: NodeJS.Signals;
  readonly stopWithinMs?: number;
}

/** Starts a server in a process group of its own and waits until it serves. @throws ServerFailed */
export async function startServer(plan: ServerPlan, how: StartServer): Promise<RunningServer> {
  const { launch } = plan;
  mkdirSync(dirname(how.logFile), { recursive: true, mode: 0o700 });
  const log = openSync(how.logFile, 'a', 0o600);
  const child = spawn(launch.command, launch.args, {
    env: launch.env,
    cwd: launch.cwd,
    uid: launch.uid,
    gid: launch.gid,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);

  const ending = new AbortController();
  let reason = '';
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(signal ?? `exit code ${code}`));
    function settle(text: string): void {
      reason = text;
      ending.abort();
      resolve();
    }
  });
  const end = async (signal: NodeJS.Signals, withinMs: number): Promise<void> => {
    if (ending.signal.aborted) return;
    child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await exited;
    clearTimeout(patience);
  };
  const server: RunningServer = {
    pid: child.pid ?? -1,
    process: child,
    exited,
    stop: () => end(how.stopSignal ?? 'SIGTERM', how.stopWithinMs ?? 10_000),
    kill: () => end('SIGKILL', 1_000),
  };

  const withinMs = how.readyWithinMs ?? 60_000;
  try {
    await plan.ready(server.pid, AbortSignal.any([ending.signal, AbortSignal.timeout(withinMs)]));
    return server;
  } catch (cause) {
    const why = ending.signal.aborted ? `ended before it served (${reason})` : `did not serve within ${withinMs} ms`;
    await server.kill();
    const said = lastLines(how.logFile);
    throw new ServerFailed(`${plan.name} ${why}. The end of ${how.logFile}:\n${said}`, said, { cause });
  }
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12);
  return lines.map((line) => `  ${line.slice(0, 400)}`).join('\n');
}
