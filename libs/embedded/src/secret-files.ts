import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Reads a file that only its owner may read; makes it when it is not there. @returns its content */
export function ensureSecret(file: string, make: () => string): string {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    content = make();
    writeSecret(file, content);
    return content;
  }
  // A restored backup may have lost it.
  chmodSync(file, 0o600);
  return content;
}

/** Writes a file that only its owner may read, in one step and synced: a power cut leaves the old or the new one. */
export function writeSecret(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.new`;
  const descriptor = openSync(beside, 'w', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, file);
}
