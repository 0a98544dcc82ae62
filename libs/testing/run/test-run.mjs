// A test run: a folder for its servers, and a guard that ends them when the run is over, however that comes. Plain
// JavaScript: Jest's parent loads it as it is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { startOf } from './process-start.mjs';

let guard;

/** Before all tests. The servers themselves are started by the first test file that asks for them. */
export async function begin() {
  const folder = mkdtempSync(join(placeForFolders(), 'muster-test-'));
  // As root the database runs as another user, who must get through to its own folder below.
  chmodSync(folder, 0o711);
  const owner = { pid: process.pid, start: startOf(process.pid) };
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner), { mode: 0o600 });
  process.env.MUSTER_TEST_RUN_FOLDER = folder;
  process.env.MUSTER_TEST_CACHE_FOLDER = resolve(import.meta.dirname, '..', '..', '..', '.cache');
  mkdirSync(process.env.MUSTER_TEST_CACHE_FOLDER, { recursive: true });

  guard = spawn(process.execPath, [join(import.meta.dirname, 'guard.mjs'), folder], {
    detached: true, // Ctrl-C must not reach it
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  guard.unref();
  guard.stdin.unref();
}

/** After all tests: returns when nothing of the run is left. */
export async function end() {
  if (!guard) return;
  const gone = guard.exitCode === null ? once(guard, 'exit') : undefined;
  guard.ref();
  guard.stdin.end();
  await gone;
}

function placeForFolders() {
  return process.getuid?.() !== 0 || everybodyGetsThrough(tmpdir()) ? tmpdir() : '/var/tmp';
}

function everybodyGetsThrough(folder) {
  const above = dirname(folder);
  return (statSync(folder).mode & 0o001) !== 0 && (above === folder || everybodyGetsThrough(above));
}
