import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { FromHost, ToHost } from '../host-messages.js';
import { stopRank } from '../process/child-record.js';
import { type KindOfChild, runs } from '../process/left-overs.js';
import type { ChildPlan } from '../process/supervised-child.js';
import { serviceNames } from '../service-modules.js';

const program = fileURLToPath(new URL('../host.js', import.meta.url));
// Longer than the longest that a service lets what it has begun go on.
const stop = { rank: stopRank.services, signal: 'SIGTERM', graceMs: 15_000 } as const;
const readyWithinMs = 120_000;

/** How the processes of services left by a killed supervisor are recognised. */
export function kindOfServiceProcess(home: string): KindOfChild {
  return { name: 'services', recognise: runs(program, home), stop };
}

/**
 * The processes of services: the gateway is one, all others a second; with `split` each is one.
 * @param foundation resolves when bus and database are there: their code is loaded meanwhile
 */
export function serviceProcesses(how: {
  readonly home: string;
  readonly split: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly foundation: Promise<unknown>;
}): ChildPlan[] {
  const [gateway = '', ...others] = serviceNames;
  const groups = how.split ? serviceNames.map((name) => [name]) : [[gateway], others];
  return groups.map((services) => ({
    name: services.length === 1 ? services[0]! : 'services',
    stop,
    channel: true,
    launch: () => ({
      command: process.execPath,
      args: [program, '--home', how.home, ...services],
      env: how.env,
    }),
    ready: async (child, gone) => {
      await how.foundation;
      await goAndWait(child, gone);
    },
  }));
}

async function goAndWait(child: ChildProcess, gone: AbortSignal): Promise<void> {
  const go: ToHost = { go: true };
  const signal = AbortSignal.any([gone, AbortSignal.timeout(readyWithinMs)]);
  const answer = once(child, 'message', { signal }) as Promise<[FromHost]>;
  child.send(go, () => undefined); // when it is gone, `gone` tells
  await answer.catch((cause: unknown) => {
    throw new Error(`not ready within ${readyWithinMs / 1000} s`, { cause });
  });
}
