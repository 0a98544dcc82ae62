import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { adminKey, clientFor, freePort, root, Stack } from '@muster/e2e';
import { createDeployment, databaseUrl, ensureNatsServer } from '@muster/embedded';
import { connect } from '@nats-io/transport-node';

import { cpuTimeWithChildrenMs } from './cpu-time.js';
import { machine, median, percentile, table } from './figures.js';
import { startHelper } from './helper.js';
import { type Loaded, loadGenerator } from './load.js';
import { type ReadyRequest, signedRequest } from './signed-request.js';

const parts = ['gateway', 'services', 'nats', 'postgres'] as const;

/** Reads of one parameter by signed requests, beside what the parts do by themselves, in turns. */
export async function getParameter(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      connections: { type: 'string', default: '32' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      profile: { type: 'string' },
    },
  });
  const [connections, seconds, rounds] = [values.connections, values.seconds, values.rounds].map(Number) as [
    number,
    number,
    number,
  ];
  const { name: generator, load } = await loadGenerator();
  console.log(
    `get-parameter: ${connections} connections, ${rounds} rounds of ${seconds} s, ${generator}; ${machine()}`,
  );

  const closing: (() => Promise<void>)[] = [];
  try {
    const stack = await Stack.start({ args: ['--no-agent'], ...profiled(values.profile) });
    closing.push(() => stack.remove());
    const request = await parameterRequest(stack);
    const answer = await answerOf(stack, request);
    const bare = await openLimits(stack, answer, closing);

    const found = new Map<string, Loaded[]>();
    const cpu: Record<string, number[]> = {};
    const measure = async (name: string, how: () => Promise<Loaded>, keep: boolean): Promise<void> => {
      const loaded = await how();
      if (keep) found.set(name, [...(found.get(name) ?? []), loaded]);
    };
    for (let round = 0; round <= rounds; round++) {
      const keep = round > 0; // the first one only warms up
      const { pids, endpoint } = stack.ready;
      const before = parts.map((part) => cpuTimeWithChildrenMs(pids[part]!));
      await measure(
        'Muster',
        async () => {
          const loaded = await load({ url: endpoint, request, connections, seconds });
          if (!keep) return loaded;
          parts.forEach((part, index) => {
            const used = cpuTimeWithChildrenMs(pids[part]!) - before[index]!;
            (cpu[part] ??= []).push((used * 1000) / (loaded.perSecond * seconds));
          });
          return loaded;
        },
        keep,
      );
      const at = (port: number) => `http://127.0.0.1:${port}`;
      await measure('bare way', () => load({ url: at(bare.way), request, connections, seconds }), keep);
      await measure('bare NATS', () => askNats(bare.nats, connections, seconds), keep);
      await measure('bare Fastify', () => load({ url: at(bare.fastify), request, connections, seconds }), keep);
    }
    if (values.profile)
      await profileRound(stack, () => load({ url: stack.ready.endpoint, request, connections, seconds }));
    print(found, cpu);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** The gateway and the services of a stack that can be told to sample themselves. */
function profiled(folder: string | undefined) {
  if (folder === undefined) return {};
  mkdirSync(folder, { recursive: true });
  const hook = path.join(import.meta.dirname, 'limits', 'profiler.js');
  return { env: { NODE_OPTIONS: `--import=${hook}`, MUSTER_BENCH_PROFILES: path.resolve(folder) } };
}

async function profileRound(stack: Stack, load: () => Promise<Loaded>): Promise<void> {
  const { pids } = stack.ready;
  const toggle = () => [pids['gateway']!, pids['services']!].forEach((pid) => process.kill(pid, 'SIGUSR2'));
  toggle();
  await load();
  toggle();
  console.log(`  profiles: gateway ${pids['gateway']}.cpuprofile, services ${pids['services']}.cpuprofile`);
}

async function parameterRequest(stack: Stack): Promise<ReadyRequest> {
  const ssm = clientFor(stack, SSMClient);
  await ssm.send(new PutParameterCommand({ Name: '/bench/value', Value: 'x'.repeat(100), Type: 'String' }));
  ssm.destroy();
  const { endpoint, region } = stack.ready;
  return signedRequest(endpoint, region, adminKey(stack), 'GetParameter', { Name: '/bench/value' });
}

async function answerOf(stack: Stack, { headers, body }: ReadyRequest): Promise<string> {
  const { host: _, ...sent } = headers;
  const response = await fetch(stack.ready.endpoint, { method: 'POST', headers: sent, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`GetParameter was answered with ${response.status}: ${text}`);
  return text;
}

/** The parts by themselves, on a broker of their own and the stack's database. */
async function openLimits(stack: Stack, answer: string, closing: (() => Promise<void>)[]) {
  const natsPort = await freePort();
  const { path: program } = await ensureNatsServer({
    cacheDir: path.join(root, '.cache', 'nats-server'),
    log: () => undefined,
    env: process.env,
  });
  const broker = spawn(program, ['-a', '127.0.0.1', '-p', String(natsPort)], { stdio: 'ignore' });
  closing.push(async () => void broker.kill());

  const deployment = createDeployment(stack.home, { accountId: '123456789012' });
  const admin = `postgres://muster:${encodeURIComponent(deployment.databasePasswords['superuser']!)}@127.0.0.1:${stack.ready.ports.postgres}/postgres`;
  const settings = { natsPort, answer };
  await waitForBroker(natsPort);
  const helpers = await Promise.all([
    startHelper('bare-fastify', settings),
    startHelper('nats-responder', settings),
    startHelper('bare-way', {
      natsPort,
      databaseUrl: databaseUrl(admin, 'muster'),
      credentials: adminKey(stack),
      region: stack.ready.region,
      account: deployment.firstAccessKey.account,
    }),
  ]);
  closing.push(async () => void (await Promise.all(helpers.map((helper) => helper.stop()))));
  return { fastify: helpers[0].port, nats: natsPort, way: helpers[2].port };
}

async function waitForBroker(port: number): Promise<void> {
  const nats = await connect({ servers: `127.0.0.1:${port}`, waitOnFirstConnect: true, reconnectTimeWait: 50 });
  await nats.close();
}

async function askNats(port: number, askers: number, seconds: number): Promise<Loaded> {
  const nats = await connect({ servers: `127.0.0.1:${port}`, noAsyncTraces: true });
  const body = Buffer.from('{"Name":"/bench/value"}');
  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  const ask = async (): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      const asked = now;
      await nats.request('bench', body, { timeout: 5_000 });
      now = performance.now();
      latencies.push(now - asked);
    }
  };
  await Promise.all(Array.from({ length: askers }, ask));
  await nats.close();
  return {
    perSecond: latencies.length / seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

function print(found: ReadonlyMap<string, readonly Loaded[]>, cpu: Readonly<Record<string, readonly number[]>>): void {
  const of = (name: string, figure: keyof Loaded) => median(found.get(name)!.map((each) => each[figure]));
  const ours = of('Muster', 'perSecond');
  table([
    ['medians', 'per second', 'best', 'p50 ms', 'p99 ms', 'Muster is'],
    ...[...found.keys()].map((name) => [
      name,
      of(name, 'perSecond').toFixed(0),
      Math.max(...found.get(name)!.map((each) => each.perSecond)).toFixed(0),
      of(name, 'p50Ms').toFixed(1),
      of(name, 'p99Ms').toFixed(1),
      name === 'Muster' ? '' : `${(ours / of(name, 'perSecond')).toFixed(2)} of it`,
    ]),
  ]);
  const used = Object.entries(cpu).map(([part, values]) => `${part} ${median(values).toFixed(0)}`);
  console.log(`  processor time of a read, in µs: ${used.join(', ')}`);
}
