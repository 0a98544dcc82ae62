import { adminKey } from '@muster/e2e';

import { askNats } from './ask-nats.js';
import { benchOptions } from './bench-options.js';
import { type BenchStack, benchStack } from './bench-stack.js';
import { closing } from './closing.js';
import { machine } from './figures.js';
import { startHelper } from './helper.js';
import { loadGenerator } from './load.js';
import { startMoto } from './moto.js';
import { ownBroker } from './own-broker.js';
import { inTurns, print } from './rounds.js';

const parameter = { Name: '/bench/value', Value: 'x'.repeat(100), Type: 'String' };

/** Reads of one parameter by signed requests, beside moto's server and what the parts do by themselves, in turns. */
export async function getParameter(argv: readonly string[]): Promise<void> {
  const { connections, seconds, rounds, profile } = benchOptions(argv);
  const { name: generator, load } = await loadGenerator();
  console.log(
    `get-parameter: ${connections} connections, ${rounds} rounds of ${seconds} s, ${generator}; ${machine()}`,
  );
  await closing(async (later) => {
    const bench = await benchStack(profile);
    later(() => bench.stack.remove());
    await bench.ask('PutParameter', parameter);
    const requests = [bench.sign('GetParameter', { Name: parameter.Name })];
    const answer = await bench.ask('GetParameter', { Name: parameter.Name });
    const bare = await limits(bench, answer, later);
    const moto = await startMoto();
    if (moto) {
      later(() => moto.stop());
      await putInto(moto.endpoint, bench);
    }
    const loaded = (url: string) => () => load({ url, requests, connections, seconds });
    const at = (port: number) => `http://127.0.0.1:${port}`;
    const ours = loaded(bench.stack.ready.endpoint);

    const found = await inTurns(
      [
        { name: 'Muster', run: ours },
        { name: 'bare way', run: loaded(at(bare.way)) },
        ...(moto ? [{ name: 'moto', run: loaded(moto.endpoint) }] : []),
        { name: 'bare NATS', run: () => askNats(bare.nats, connections, seconds) },
        { name: 'bare Fastify', run: loaded(at(bare.fastify)) },
      ],
      rounds,
      seconds,
      bench.stack,
    );
    await bench.profile(ours);
    print(found);
  });
}

async function putInto(endpoint: string, bench: BenchStack): Promise<void> {
  const { headers, body } = bench.sign('PutParameter', parameter);
  const { host: _, ...sent } = headers;
  const response = await fetch(endpoint, { method: 'POST', headers: sent, body });
  if (!response.ok) throw new Error(`moto did not take the parameter: ${await response.text()}`);
}

/** The parts by themselves, on a broker of their own and the stack's database. */
async function limits(bench: BenchStack, answer: string, later: (close: () => Promise<unknown>) => void) {
  const broker = await ownBroker();
  later(() => broker.stop());
  const settings = { natsPort: broker.port, answer };
  const helpers = await Promise.all([
    startHelper('bare-fastify', settings),
    startHelper('nats-responder', settings),
    startHelper('bare-way', {
      kind: 'get',
      natsPort: broker.port,
      databaseUrl: bench.databaseUrl,
      credentials: adminKey(bench.stack),
      region: bench.stack.ready.region,
      account: bench.account,
    }),
  ]);
  later(() => Promise.all(helpers.map((helper) => helper.stop())));
  return { fastify: helpers[0].port, nats: broker.port, way: helpers[2].port };
}
