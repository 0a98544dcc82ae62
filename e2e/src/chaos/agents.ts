import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { root } from '../stack.js';

const program = path.join(root, 'services', 'agent', 'bin', 'muster-agent.js');

/** Agents on this host, one state folder each, started again when they die (as an init system would). */
export class Agents {
  private readonly children: (ChildProcess | undefined)[] = [];
  /** Node ids, by agent. */
  readonly nodes: string[] = [];
  private stopping = false;

  constructor(
    private readonly home: string,
    readonly count: number,
  ) {}

  stateDir(index: number): string {
    return path.join(this.home, 'agents', `node-${index}`);
  }

  /** Enrols all of them with one activation. */
  async register(url: string, activation: { id: string; code: string }): Promise<void> {
    for (let index = 0; index < this.count; index++) {
      mkdirSync(this.stateDir(index), { recursive: true, mode: 0o700 });
      const said = await output(process.execPath, [
        program,
        'register',
        '--activation-id',
        activation.id,
        '--activation-code',
        activation.code,
        '--url',
        url,
        '--state-dir',
        this.stateDir(index),
      ]);
      const node = /mi-[0-9a-f]{17}/.exec(said)?.[0];
      if (!node) throw new Error(`register named no node: ${said}`);
      this.nodes.push(node);
    }
  }

  run(): void {
    for (let index = 0; index < this.count; index++) this.keepRunning(index);
  }

  /** Kill -9; it comes back by itself. */
  kill(index: number): void {
    this.children[index]?.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      this.children.map(async (child) => {
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await gone;
      }),
    );
  }

  private keepRunning(index: number): void {
    if (this.stopping) return;
    const log = openSync(path.join(this.home, `agent-${index}.log`), 'a');
    const child = spawn(process.execPath, [program, 'run', '--state-dir', this.stateDir(index)], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.children[index] = child;
    child.once('exit', () => this.keepRunning(index));
  }
}

const output = async (command: string, args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(command, [...args], { timeout: 60_000 });
  return stdout + stderr;
};
