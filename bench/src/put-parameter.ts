import { adminKey } from '@muster/e2e';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';

import { askedAgainAndAgain } from './ask-nats.js';
import { benchOptions } from './bench-options.js';
import { benchStack } from './bench-stack.js';
import { closing } from './closing.js';
import { machine } from './figures.js';
import { startHelper } from './helper.js';
import { type Loaded, loadGenerator } from './load.js';
import { ownBroker } from './own-broker.js';
import { inTurns, print } from './rounds.js';

/** Names that are written in turn. */
const names = 1_000;
/** Connections to the database, as the service has them. */
const pool = 8;

const tables = `
  DROP SCHEMA IF EXISTS bench CASCADE;
  CREATE SCHEMA bench;
  CREATE TABLE bench.parameter (account text, region text, path text COLLATE "C", version bigint,
                                PRIMARY KEY (account, region, path));
  CREATE TABLE bench.parameter_version (path text COLLATE "C", number bigint, value text, at timestamptz,
                                        PRIMARY KEY (path, number));
  CREATE TABLE bench.event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path text, at timestamptz);
  CREATE TABLE bench.row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text);
`;

/** Durable writes with their events, beside the commits of PostgreSQL and the acknowledged messages of JetStream alone. */
export async function putParameter(argv: readonly string[]): Promise<void> {
  const { connections, seconds, rounds, profile } = benchOptions(argv);
  const { name: generator, load } = await loadGenerator();
  console.log(
    `put-parameter: ${names} names in turn, ${connections} connections, ${rounds} rounds of ${seconds} s, ${generator}; ${machine()}`,
  );
  await closing(async (later) => {
    const bench = await benchStack(profile);
    later(() => bench.stack.remove());
    const database = new pg.Pool({ connectionString: bench.databaseUrl, max: pool });
    later(() => database.end());
    await database.query(tables);
    const broker = await ownBroker();
    later(() => broker.stop());
    const stream = await openStream(broker.port);
    later(() => stream.close());
    const bare = await startHelper('bare-way', {
      kind: 'put',
      natsPort: broker.port,
      databaseUrl: bench.databaseUrl,
      credentials: adminKey(bench.stack),
      region: bench.stack.ready.region,
      account: bench.account,
    });
    later(() => bare.stop());

    const requests = Array.from({ length: names }, (_, index) =>
      bench.sign('PutParameter', {
        Name: `/bench/${index}`,
        Value: 'x'.repeat(100),
        Type: 'String',
        Overwrite: true,
      }),
    );
    const { endpoint } = bench.stack.ready;
    const ours = (invocationIds: boolean) => async () => {
      const loaded = await load({ url: endpoint, requests, connections, seconds, invocationIds });
      // What was announced is published before somebody else has its turn.
      await published(database);
      return loaded;
    };
    const found = await inTurns(
      [
        { name: 'Muster', run: ours(true) },
        { name: 'Muster without ids', run: ours(false) },
        {
          name: 'bare way',
          run: () => load({ url: `http://127.0.0.1:${bare.port}`, requests, connections, seconds }),
        },
        { name: 'commits', run: () => commits(database, seconds) },
        { name: 'publishes', run: () => stream.publish(connections, seconds) },
      ],
      rounds,
      seconds,
      bench.stack,
    );
    await bench.profile(ours(true));
    print(found, 2);
    console.log(
      '  commits: one row each, 8 connections. publishes: acknowledged by JetStream, as many in flight as connections.',
    );
  });
}

function commits(database: pg.Pool, seconds: number): Promise<Loaded> {
  const statement = { name: 'row', text: 'INSERT INTO bench.row (value) VALUES ($1)', values: ['x'.repeat(100)] };
  return askedAgainAndAgain(pool, seconds, () => database.query(statement));
}

async function openStream(port: number) {
  const nats = await connect({ servers: `127.0.0.1:${port}`, noAsyncTraces: true });
  const manager = await jetstreamManager(nats);
  await manager.streams.add({ name: 'BENCH', subjects: ['bench.event'] });
  const body = Buffer.alloc(400, 'x');
  return {
    publish: (askers: number, seconds: number) =>
      askedAgainAndAgain(askers, seconds, () => nats.request('bench.event', body, { timeout: 5_000 })),
    close: () => nats.close(),
  };
}

async function published(database: pg.Pool): Promise<void> {
  for (;;) {
    const { rows } = await database.query('SELECT 1 FROM parameters.outbox WHERE published_at IS NULL LIMIT 1');
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
