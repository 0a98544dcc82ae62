// Ends what a test run started when its pipe closes: at the end of the run, or when its process was killed. Whoever works
// for a run names its folder on its command line, so nothing needs to be registered and nobody else is met.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startOf } from './process-start.mjs';

const folder = process.argv[2];
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined);

await endAbandoned();
process.stdin.resume();
process.stdin.once('close', async () => {
  await endRun(folder);
  process.exit(0);
});

/** Runs whose guard was killed with them. */
async function endAbandoned() {
  const place = dirname(folder);
  for (const name of readdirSync(place).filter((each) => each.startsWith('muster-test-'))) {
    const other = join(place, name);
    const owner = readOwner(other);
    if (other === folder || owner === undefined || startOf(owner.pid) === owner.start || runningIn(other).some(isGuard))
      continue;
    await endRun(other);
  }
}

async function endRun(run) {
  // A process that is just being started may be missed: look until nobody is found.
  for (let round = 0; round < 100; round += 1) {
    const left = runningIn(run);
    if (left.length === 0) break;
    for (const each of left) signal(each, round < 60 ? askToEnd(each) : 'SIGKILL');
    await sleep(50);
  }
  rmSync(run, { recursive: true, force: true });
}

/** PostgreSQL that is killed leaves its shared memory behind; told to quit, it ends at once and tidies up. */
function askToEnd({ argv }) {
  return basename(argv[0] ?? '') === 'postgres' ? 'SIGQUIT' : 'SIGTERM';
}

function isGuard({ argv }) {
  return argv.some((each) => basename(each) === 'guard.mjs');
}

function runningIn(run) {
  return processes().filter(
    ({ pid, argv }) => pid !== process.pid && argv.some((each) => each === run || each.includes(`${run}/`)),
  );
}

function processes() {
  if (!existsSync('/proc/self/cmdline')) {
    return execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, ...argv]) => ({ pid: Number(pid), argv }));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), argv: commandLine(pid) }));
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has just ended
  }
}

function readOwner(run) {
  try {
    return JSON.parse(readFileSync(join(run, 'owner.json'), 'utf8'));
  } catch {
    return undefined; // being made at this moment, or another user's
  }
}

function signal({ pid }, name) {
  try {
    process.kill(pid, name);
  } catch {
    // it has just ended
  }
}
