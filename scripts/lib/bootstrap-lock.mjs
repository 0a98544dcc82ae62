import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { BootstrapFailed } from './bootstrap-failed.mjs';
import { root } from './repository.mjs';

const file = path.join(root, '.cache', 'bootstrap.lock');
const patienceMs = 15 * 60_000;

/**
 * Runs `work` while no other process of this clone installs or builds: two `npm ci` at once destroy each other's folder.
 * Waits for the other one; a lock whose process is gone is taken over.
 */
export async function withBootstrapLock(progress, work) {
  await acquire(progress);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(progress) {
  mkdirSync(path.dirname(file), { recursive: true });
  const giveUp = Date.now() + patienceMs;
  for (let told = false; !tryAcquire(); told = true) {
    const holder = holderPid();
    if (holder === 'gone') rmSync(file, { force: true });
    else if (Date.now() > giveUp) {
      throw new BootstrapFailed(
        `Process ${holder} has been installing or building here for a quarter of an hour (it holds ${file}).\n` +
          'Next step: look at it; when it is not one of ours, remove that file and run this again.',
      );
    } else {
      if (!told) progress.say(`process ${holder} is installing or building here; waiting for it`);
      await sleep(250);
    }
  }
}

function tryAcquire() {
  try {
    writeFileSync(file, `${process.pid} ${startTime(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderPid() {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return 'gone';
    throw error;
  }
  if (text === '') return 'unknown'; // between the other one's open and write
  const [pid, started] = text.split(' ');
  // The number alone may be another process by now; in a container it often is.
  return startTime(pid) === started ? pid : 'gone';
}

/** When a process was started, as the kernel counts; undefined when there is none. */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
