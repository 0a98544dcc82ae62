import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { adminKey, Stack } from '@muster/e2e';
import { createDeployment, databaseUrl } from '@muster/embedded';

import type { Loaded } from './load.js';
import { type ReadyRequest, signedRequest } from './signed-request.js';

/** One running Muster that is measured. */
export interface BenchStack {
  readonly stack: Stack;
  readonly account: string;
  /** The superuser's. */
  readonly databaseUrl: string;
  /** A signed call of an operation of SSM as the administrator. */
  sign(operation: string, input: object): ReadyRequest;
  /** Calls it once. @throws when the answer is no 200 */
  ask(operation: string, input: object): Promise<string>;
  /** One more load while gateway and services sample themselves, when a folder for profiles was given. */
  profile(load: () => Promise<Loaded>): Promise<void>;
}

/** Starts a Muster without an agent, in a temporary folder. `stack.remove()` ends it. */
export async function benchStack(
  profileFolder?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchStack> {
  const stack = await Stack.start({ args: ['--no-agent'], env: { ...env, ...profilerIn(profileFolder) } });
  const deployment = createDeployment(stack.home, { accountId: '123456789012' });
  const password = encodeURIComponent(deployment.databasePasswords['superuser']!);
  const { endpoint, region, ports } = stack.ready;
  const sign = (operation: string, input: object) => signedRequest(endpoint, region, adminKey(stack), operation, input);
  return {
    stack,
    account: deployment.firstAccessKey.account,
    databaseUrl: databaseUrl(`postgres://muster:${password}@127.0.0.1:${ports.postgres}/postgres`, 'muster'),
    sign,
    ask: (operation, input) => answerOf(endpoint, operation, sign(operation, input)),
    profile: async (load) => {
      if (profileFolder !== undefined) await profileRound(stack, load);
    },
  };
}

async function answerOf(endpoint: string, operation: string, { headers, body }: ReadyRequest): Promise<string> {
  const { host: _, ...sent } = headers;
  const response = await fetch(endpoint, { method: 'POST', headers: sent, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation} was answered with ${response.status}: ${text}`);
  return text;
}

/** The gateway and the services of a stack can then be told to sample themselves. */
function profilerIn(folder: string | undefined): Record<string, string> {
  if (folder === undefined) return {};
  mkdirSync(folder, { recursive: true });
  const hook = path.join(import.meta.dirname, 'limits', 'profiler.js');
  return { NODE_OPTIONS: `--import=${hook}`, MUSTER_BENCH_PROFILES: path.resolve(folder) };
}

async function profileRound(stack: Stack, load: () => Promise<Loaded>): Promise<void> {
  const { pids } = stack.ready;
  const toggle = () => [pids['gateway']!, pids['services']!].forEach((pid) => process.kill(pid, 'SIGUSR2'));
  toggle();
  await load();
  toggle();
  console.log(`  profiles: gateway ${pids['gateway']}.cpuprofile, services ${pids['services']}.cpuprofile`);
}
