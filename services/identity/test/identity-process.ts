import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { environment } from '@muster/config';

const program = join(import.meta.dirname, '..', 'dist', 'main.js');

/** Identity in a process of its own: it can be killed, and everything that it logs is read. */
export class IdentityProcess {
  private readonly child: ChildProcess;
  private text = '';
  private looking: () => void = () => undefined;

  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [program], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: environment()['PATH'], ...env },
    });
    this.child.stderr!.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      this.looking();
    });
    this.child.once('exit', () => this.looking());
  }

  /** All that it has logged. */
  get log(): string {
    return this.text;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The first line of its log that holds this; waits for it. @throws when it ends without */
  said(what: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.looking = () => {
        const line = this.text.split('\n').find((each, index, all) => index < all.length - 1 && each.includes(what));
        if (line !== undefined) resolve(line);
        else if (!this.isRunning) reject(new Error(`identity ended without saying "${what}":\n${this.text}`));
      };
      this.looking();
    });
  }

  /** Ends it and waits for that: in order with SIGTERM. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return;
    const closed = once(this.child, 'close');
    this.child.kill(signal);
    await closed;
  }
}
