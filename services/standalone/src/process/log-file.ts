import {
  closeSync,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readFileSync,
} from 'node:fs';
import path from 'node:path';

/**
 * The log of one child. The child writes into the file itself, appending: a pipe through the supervisor would break when
 * that is killed, and take down those who still write while they end in order. So it is kept small from outside: when it
 * is longer than `maxBytes`, it is copied to `<file>.1` and emptied; together never more than about twice that.
 */
export class LogFile {
  readonly fd: number;
  private readTo: number;
  private rest = '';

  constructor(
    readonly file: string,
    private readonly maxBytes = 16 * 1024 * 1024,
  ) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.fd = openSync(file, 'a+', 0o600);
    this.readTo = fstatSync(this.fd).size;
    this.keepSmall();
  }

  /** What was written since the last call, line by line; of a flood only the end. */
  newLines(): string[] {
    const size = fstatSync(this.fd).size;
    if (size < this.readTo) this.readTo = 0; // emptied
    const flood = 256 * 1024;
    if (size - this.readTo > flood) {
      this.readTo = size - flood;
      this.rest = '';
    }
    const bytes = Buffer.alloc(size - this.readTo);
    this.readTo += readSync(this.fd, bytes, 0, bytes.length, this.readTo);
    const lines = (this.rest + bytes.toString('utf8')).split('\n');
    this.rest = lines.pop() ?? '';
    this.keepSmall();
    return lines.filter((line) => line !== '');
  }

  /** The last lines, for a message that says why a child did not start. */
  lastLines(count: number): string[] {
    return readFileSync(this.file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(-count);
  }

  close(): void {
    closeSync(this.fd);
  }

  private keepSmall(): void {
    if (fstatSync(this.fd).size <= this.maxBytes) return;
    try {
      copyFileSync(this.file, `${this.file}.1`);
    } catch {
      // On a full disk the older half is lost: what counts then is room.
    }
    ftruncateSync(this.fd);
    this.readTo = 0;
  }
}
