import { homedir, uptime } from 'node:os';

import type { Nkey } from '@muster/keys';
import type { Logger } from '@muster/telemetry';

import { connectNode } from './link/connect-node.js';
import { StreamUplink } from './link/stream-uplink.js';
import { nodeFacts, platformType } from './node-facts.js';
import { pluginsFor } from './plugins/index.js';
import { scriptEnvironment } from './script-environment.js';
import { fingerprintOf } from './state/fingerprint.js';
import { bootId } from './state/process-identity.js';
import { readCredential, readNodeKeys, type Registration, writeCredential } from './state/registration.js';
import type { StateFolder } from './state/state-folder.js';
import { writeStatus } from './state/status-file.js';
import { ControlGroups } from './work/control-group.js';
import { Invocations } from './work/invocations.js';
import { Journal } from './work/journal.js';
import { Room } from './work/room.js';
import { Wrappers } from './work/wrapper.js';

/** What an agent is started with. */
export interface AgentOptions {
  readonly folder: StateFolder;
  readonly registration: Registration;
  readonly key: Nkey;
  readonly log: Logger;
}

/**
 * One agent: the work that its journal knows, and the link to its control plane. Resolves after the signal told it to stop.
 * @throws BrokenState when the state can't be read @throws the disk's error when the journal cannot be written any more
 */
export async function runAgent({ folder, registration, key, log }: AgentOptions, stop: AbortSignal): Promise<void> {
  const { nodeId } = registration;
  const credential = readCredential(folder);
  const nodeKeys = readNodeKeys(folder);
  const ending = new AbortController();
  stop.addEventListener('abort', () => ending.abort(), { once: true });
  let failure: unknown;
  const broken = (error: unknown) => {
    failure ??= error;
    ending.abort();
  };

  const room = new Room(folder.root);
  const journal = await Journal.open(folder.journal, room);
  const plugins = pluginsFor(platformType());
  const uplink = new StreamUplink(nodeId);
  const work = new Invocations(
    {
      nodeId,
      platformType: platformType(),
      plugins,
      workFolder: folder.work,
      environment: scriptEnvironment(),
      homeFolder: homedir() || '/',
      journal,
      room,
      wrappers: new Wrappers(folder.root),
      controlGroups: new ControlGroups(folder.root),
      uplink,
      log,
      now: Date.now,
      uptimeMs,
    },
    broken,
  );
  // Before the bus: what runs is adopted and what has ended is kept, whether or not anybody can be told.
  work.resume();

  const identity = {
    nodeId,
    fingerprint: fingerprintOf(folder),
    bootId: bootId(),
    plugins: [...plugins.keys()],
    facts: nodeFacts,
  };
  try {
    await connectNode({
      registration,
      key,
      identity,
      credential,
      keepCredential: (renewed) => writeCredential(folder, renewed),
      keyOf: (generation) => nodeKeys.get(generation),
      work,
      uplink,
      tell: (status) => writeStatus(folder, status),
      log,
      uptimeMs,
      stop: ending.signal,
    });
  } finally {
    work.close();
    await journal.close();
  }
  if (failure !== undefined) throw failure;
}

// Of the clock that counts a sleeping machine's time too.
function uptimeMs(): number {
  return uptime() * 1000;
}
