import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { writeAtomically } from '../state/atomic-file.js';
import { identify, isAlive, type ProcessIdentity } from '../state/process-identity.js';
import { wrapperScript } from './wrapper-script.js';

/** What a wrapper is to run. */
export interface WrapperOrder {
  /** The run's folder, absolute. */
  readonly folder: string;
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly timeoutSeconds: number;
  /** Bytes kept of each stream. */
  readonly quotaBytes: number;
  /** Folder of its control group, or empty text. */
  readonly controlGroup: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A wrapper that was spawned by this agent, or by one before it. */
export interface Wrapper {
  readonly identity: ProcessIdentity;
  /** When it has ended; what it did lies in its folder. */
  readonly ended: Promise<void>;
}

/** A wrapper that waits. */
export interface WaitingWrapper extends Wrapper {
  /** Tells it to start the script. */
  go(): void;
  /** Sends it away: the script is never run. */
  dismiss(): void;
}

const pollMs = 200;

/** Spawns wrappers. Their program lies in the state folder, so that it stays the same for those that read it. */
export class Wrappers {
  private readonly program: string;
  private readonly copier = canUnbuffer() ? 'stdbuf' : 'head';

  constructor(stateRoot: string) {
    this.program = join(stateRoot, 'wrapper.sh');
    // Left alone when it is the same: an agent starts on a full disk too.
    if (!isThere(this.program, wrapperScript)) writeAtomically(this.program, wrapperScript);
  }

  /** Spawns one that waits for go. @throws when no process can be made */
  async spawn(order: WrapperOrder): Promise<WaitingWrapper> {
    const child = this.start(order);
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    // Without ears an EPIPE of a wrapper that died would end the agent.
    child.stdin?.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const identity = identify(child.pid as number);
    child.unref();
    if (!identity) throw new Error('The wrapper ended at once.');
    return { identity, ended, go: () => child.stdin?.end('go\n'), dismiss: () => child.stdin?.end() };
  }

  private start(order: WrapperOrder): ChildProcess {
    const log = openSync(join(order.folder, 'wrapper.log'), 'a', 0o600);
    try {
      const { folder, timeoutSeconds, quotaBytes, controlGroup, workingDirectory, command } = order;
      const settings = [folder, timeoutSeconds, quotaBytes, this.copier, controlGroup, workingDirectory].map(String);
      return spawn('/bin/sh', [this.program, ...settings, ...command], {
        // A session of its own: what ends the agent, or its terminal, does not end the script.
        detached: true,
        cwd: folder,
        env: order.environment,
        stdio: ['pipe', log, log],
      });
    } finally {
      closeSync(log);
    }
  }
}

/** One that an agent before this one spawned. */
export function adopt(identity: ProcessIdentity): Wrapper {
  const ended = (async () => {
    while (isAlive(identity)) await wait(pollMs, undefined, { ref: false });
  })();
  return { identity, ended };
}

/** Asks a wrapper to end its script; it does so without more help. */
export function endWrapper(identity: ProcessIdentity): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, 'SIGTERM');
  } catch {
    // Ended meanwhile.
  }
}

function isThere(path: string, content: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === content;
}

// `head` alone holds back what it copies until it has 4 KB: then output is exact, but seen late.
function canUnbuffer(): boolean {
  const program = 'stdbuf';
  return spawnSync(program, ['-o0', 'true']).status === 0;
}
