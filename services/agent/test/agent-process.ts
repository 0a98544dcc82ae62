import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { environment } from '@muster/config';

import type { ControlPlane } from './control-plane.js';

const program = join(import.meta.dirname, '..', 'bin', 'muster-agent.js');

/** What a finished call of the program said. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Calls the program and waits for its end. */
export async function musterAgent(...args: string[]): Promise<Said> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = [gather(child.stdout), gather(child.stderr)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out(), err: err() };
}

/** A registered node with a state folder of its own and, between start and stop, an agent process. */
export class Node {
  private child: ChildProcess | undefined;
  private said: () => string = () => '';

  private constructor(
    readonly id: string,
    readonly stateDir: string,
    private readonly plane: ControlPlane,
  ) {}

  static async register(
    plane: ControlPlane,
    stateDir = mkdtempSync(join(tmpdir(), 'muster-agent-test-')),
  ): Promise<Node> {
    const { code, out, err } = await musterAgent('register', ...registerArguments(plane, stateDir));
    const id = /mi-[0-9a-f]{17}/.exec(out)?.[0];
    if (code !== 0 || !id) throw new Error(`register failed: ${out}${err}`);
    return new Node(id, stateDir, plane);
  }

  /** Starts the agent and waits until it was granted an epoch. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<this> {
    const before = this.plane.hellos.filter(({ nodeId }) => nodeId === this.id).length;
    this.child = spawn(process.execPath, [program, 'run', '--state-dir', this.stateDir], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: environment()['PATH'], HOME: '/', MUSTER_LOG_LEVEL: 'debug', ...env },
    });
    this.said = gather(this.child.stderr);
    const died = once(this.child, 'exit').then(() => Promise.reject(new Error(`the agent ended: ${this.said()}`)));
    await Promise.race([this.plane.granted(this.id, before), died]);
    died.catch(() => undefined);
    return this;
  }

  get pid(): number {
    return this.child?.pid as number;
  }

  get log(): string {
    return this.said();
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    return ((await ended) as [number | null])[0];
  }
}

/** Arguments of `register` for this control plane. */
export function registerArguments(plane: ControlPlane, stateDir: string): string[] {
  const activation = [
    '--activation-id',
    '11111111-2222-3333-4444-555555555555',
    '--activation-code',
    'a-code-of-twenty-letters',
  ];
  return [...activation, '--url', plane.url, '--state-dir', stateDir];
}

function gather(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (piece: Buffer) => (text += piece.toString()));
  return () => text;
}
