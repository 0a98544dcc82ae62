import { linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type ProcessIdentity, identify, isRunning } from './process-identity.js';

/** Another supervisor runs on this data folder. */
export class SupervisorRuns extends Error {
  constructor(
    readonly holder: ProcessIdentity,
    home: string,
  ) {
    super(
      `Muster already runs on ${home}: its supervisor is process ${holder.pid}.\n` +
        `Next step: use it; or stop it (Ctrl-C in its terminal, or \`kill ${holder.pid}\`) and start again; or start a second ` +
        'one on a folder and ports of its own: `npm start -- --home <folder> --port auto`.',
    );
  }
}

/**
 * One supervisor for each data folder. A lock is a file `lock.<n>` with its holder's identity; the highest number counts.
 * A stale one is never removed to be made again, because two that do so at the same time both win: whoever takes over
 * links `lock.<n + 1>`, which succeeds for one alone.
 */
export class SupervisorLock {
  private constructor(
    private readonly file: string,
    /** A killed supervisor held it before. */
    readonly tookOver: boolean,
  ) {}

  /**
   * @param folder where the lock lies
   * @param home the data folder, for the message
   * @throws SupervisorRuns when its holder is alive
   */
  static acquire(folder: string, home: string): SupervisorLock {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const own = path.join(folder, `holder.${process.pid}`);
    writeFileSync(own, JSON.stringify(identify(process.pid)), { mode: 0o600 });
    try {
      for (;;) {
        const before = highest(folder);
        const holder = before && readHolder(path.join(folder, `lock.${before}`));
        if (holder && isRunning(holder)) throw new SupervisorRuns(holder, home);
        const number = (before ?? 0) + 1;
        const file = path.join(folder, `lock.${number}`);
        if (!tryLink(own, file)) continue; // somebody was faster: look at that one
        if (highest(folder) !== number) {
          rmSync(file); // what we had looked at was history already
          continue;
        }
        for (const older of numbers(folder))
          if (older < number) rmSync(path.join(folder, `lock.${older}`), { force: true });
        return new SupervisorLock(file, before !== undefined);
      }
    } finally {
      rmSync(own, { force: true });
    }
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function highest(folder: string): number | undefined {
  return numbers(folder).sort((a, b) => b - a)[0];
}

function numbers(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const [, number] = /^lock\.(\d+)$/.exec(name) ?? [];
    return number ? [Number(number)] : [];
  });
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined; // released in between, or emptied by a power cut: nobody who runs holds it
  }
}
