import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, watch } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { postgresFolder } from '@muster/embedded';

/** What the supervisor writes when everything answers; written again when a child was restarted. */
export interface Ready {
  readonly endpoint: string;
  readonly region: string;
  readonly awsConfigFile: string;
  /** What the user is told to paste. */
  readonly shellLine: string;
  /** This host as a node, unless it was started without an agent. */
  readonly nodeId?: string;
  readonly ports: { readonly gateway: number; readonly nats: number; readonly postgres: number };
  readonly pids: Readonly<Record<string, number>>;
}

export interface StackOptions {
  readonly home?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const root = path.resolve(import.meta.dirname, '..', '..');

/** One running `npm start`, as a user would have it, in a home of its own. */
export class Stack {
  readonly home: string;
  private readonly port: number;
  private readonly ownHome: boolean;
  private child: ChildProcess | undefined;

  private constructor(
    home: string,
    ownHome: boolean,
    port: number,
    private readonly options: StackOptions,
  ) {
    this.home = home;
    this.ownHome = ownHome;
    this.port = port;
  }

  static async start(options: StackOptions = {}): Promise<Stack> {
    const home = options.home ?? mkdtempSync(path.join(tmpdir(), 'muster-e2e-'));
    const stack = new Stack(home, options.home === undefined, await freePort(), options);
    await stack.up();
    return stack;
  }

  get readyFile(): string {
    return path.join(this.home, 'ready.json');
  }

  get logFile(): string {
    return path.join(this.home, 'npm-start.log');
  }

  /** As it is now: pids change when children are restarted. */
  get ready(): Ready {
    return JSON.parse(readFileSync(this.readyFile, 'utf8')) as Ready;
  }

  /** Runs `npm start` (again) and waits until it is ready. */
  async up(): Promise<void> {
    rmSync(this.readyFile, { force: true });
    const log = openSync(this.logFile, 'a');
    const child = spawn(
      process.execPath,
      [
        path.join(root, 'scripts', 'start.mjs'),
        '--home',
        this.home,
        '--port',
        String(this.port),
        ...(this.options.args ?? []),
      ],
      { cwd: root, env: { ...process.env, ...this.options.env }, stdio: ['ignore', log, log] },
    );
    this.child = child;
    await fileAppears(this.readyFile, child, () => this.log());
  }

  /** Ends the supervisor as Ctrl-C does, and waits for it. */
  async down(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await gone;
  }

  /** Ends everything and removes the home that was made for it. */
  async remove(): Promise<void> {
    await this.down();
    if (!this.ownHome) return;
    // As root the database lies outside of home.
    const database = postgresFolder(this.home);
    for (const folder of database ? [database, this.home] : [this.home])
      rmSync(folder, { recursive: true, force: true });
  }

  /** What `npm start` printed. */
  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** The environment that the printed line makes, pasted into a shell. */
  get clientEnv(): NodeJS.ProcessEnv {
    const env = execFileSync('sh', ['-c', `${this.ready.shellLine}; env -0`], { encoding: 'utf8' });
    return Object.fromEntries(
      env
        .split('\0')
        .filter((line) => line.includes('='))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

function fileAppears(file: string, child: ChildProcess, explain: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      try {
        JSON.parse(readFileSync(file, 'utf8'));
        return true;
      } catch {
        return false;
      }
    };
    const done = (error?: Error): void => {
      watcher.close();
      child.off('exit', ended);
      if (error) reject(error);
      else resolve();
    };
    const ended = (code: number | null): void => done(new Error(`npm start ended with ${code}:\n${explain()}`));
    const watcher = watch(path.dirname(file), () => look() && done());
    child.once('exit', ended);
    if (look()) done();
  });
}
