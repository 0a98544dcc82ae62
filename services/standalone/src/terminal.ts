import { writeSync } from 'node:fs';

/** What the person at the terminal sees: progress with the seconds since the start, and problems. */
export class Terminal {
  /** @param quiet no progress, only problems and results */
  constructor(private readonly quiet: boolean) {
    // The terminal may be closed while Muster goes on, or ends in order: that is no reason to fall over.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  }

  /** A step of the start or the end. */
  progress(line: string): void {
    if (!this.quiet) this.print(`${this.elapsed()}  ${line}`);
  }

  /** Something went wrong; Muster goes on. */
  problem(line: string): void {
    process.stderr.write(`${clock()}  ${line}\n`);
  }

  /** A result: shown as it is, also when quiet. */
  print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** The last words before the process ends. */
  fail(text: string): void {
    try {
      writeSync(2, `\n${text}\n`);
    } catch {
      // nobody is there to read it
    }
  }

  /** Says `line` with how long `work` took. */
  async step<T>(line: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.progress(`${line} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    return result;
  }

  /** Since the process began, so that the clock of the set-up before (`scripts/lib/progress.mjs`) goes on. */
  private elapsed(): string {
    return `${(performance.now() / 1000).toFixed(1).padStart(6)} s`;
  }
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
