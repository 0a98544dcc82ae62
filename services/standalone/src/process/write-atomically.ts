import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Replaces a file in one step: a reader, or a start after a kill, sees the old text or the new one, never half of it. */
export function writeAtomically(file: string, text: string, mode = 0o600): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, text, { mode });
  chmodSync(fresh, mode); // `mode` above is cut by the umask, and ignored when the file was there
  renameSync(fresh, file);
}
