import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What one accepted invocation may need for its journal records, its files and the head of its result. */
const perInvocation = 256 * 1024;
/** Below this nothing is accepted. */
const alwaysFree = 8 * 1024 * 1024;
const reserveBytes = 1024 * 1024;

/**
 * Room on the disk: a reserve that is really written, given up when a result could not be kept otherwise, and a look at what is free before
 * something is accepted.
 */
export class Room {
  private readonly reserve: string;

  constructor(
    private readonly folder: string,
    private readonly freeBytes: () => number = () => free(folder),
  ) {
    this.reserve = join(folder, 'reserve');
  }

  /** Whether another invocation can be accepted beside those that are open; says why not. */
  refuses(open: number): string | undefined {
    const needed = alwaysFree + (open + 1) * perInvocation;
    const there = this.freeBytes();
    if (there < needed) return `${megabytes(there)} are free below ${this.folder}, ${megabytes(needed)} are needed.`;
    return this.restore()
      ? undefined
      : `The reserve of ${megabytes(reserveBytes)} below ${this.folder} cannot be kept.`;
  }

  /** Gives the reserve up; false when it was given up before. */
  release(): boolean {
    if (!existsSync(this.reserve)) return false;
    rmSync(this.reserve);
    return true;
  }

  private restore(): boolean {
    if (existsSync(this.reserve)) return true;
    let fd: number | undefined;
    try {
      fd = openSync(this.reserve, 'wx', 0o600);
      // Not zeros: some file systems would keep none of them.
      if (writeSync(fd, Buffer.alloc(reserveBytes, 'muster')) < reserveBytes) throw new Error('short');
      fsyncSync(fd);
      return true;
    } catch {
      rmSync(this.reserve, { force: true });
      return false;
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }
}

function free(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
