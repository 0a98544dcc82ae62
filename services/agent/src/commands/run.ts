import { parseArgs } from 'node:util';

import { type Nkey, nkeyFromSeed } from '@muster/keys';
import { log, startTelemetry } from '@muster/telemetry';

import { runAgent } from '../run-agent.js';
import { BrokenState } from '../state/broken-state.js';
import { type InstanceLock, takeLock } from '../state/instance-lock.js';
import { readRegistration, readSeed } from '../state/registration.js';
import { defaultStateFolder, openStateFolder, type StateFolder } from '../state/state-folder.js';
import { Room } from '../work/room.js';
import { UsageError } from './usage.js';

/** `muster-agent run`: works until it is told to stop. Scripts that run then run on; the next agent adopts them. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { 'state-dir': { type: 'string' } } });
  const folder = openStateFolder(values['state-dir'] ?? defaultStateFolder());
  const registration = readRegistration(folder);
  if (!registration) {
    throw new UsageError(`${folder.root} holds no registration yet. Register first: muster-agent register …`);
  }
  const lock = takeLockOnFullDisk(folder);
  const telemetry = await startTelemetry({ service: 'muster-agent' });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  try {
    await runAgent({ folder, registration, key: readKey(folder), log: log('agent') }, stopping.signal);
  } finally {
    lock.release();
    await telemetry.stop();
  }
}

// What is there to report is reported on a full disk too: the reserve was made for that.
function takeLockOnFullDisk(folder: StateFolder): InstanceLock {
  try {
    return takeLock(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC' || !new Room(folder.root).release()) throw error;
    return takeLock(folder);
  }
}

function readKey(folder: StateFolder): Nkey {
  try {
    return nkeyFromSeed(Buffer.from(readSeed(folder)).toString());
  } catch (cause) {
    if (cause instanceof BrokenState) throw cause;
    throw new BrokenState(`${folder.seed} is not a key. Register this machine again: muster-agent register --force …`, {
      cause,
    });
  }
}
