import { adminKey } from '@muster/e2e';
import pg from 'pg';

import { askedAgainAndAgain } from './ask-nats.js';
import { benchOptions } from './bench-options.js';
import { benchStack } from './bench-stack.js';
import { closing } from './closing.js';
import { machine } from './figures.js';
import { startHelper } from './helper.js';
import { loadGenerator } from './load.js';
import { ownBroker } from './own-broker.js';
import { inTurns, print } from './rounds.js';
import { levels, seed } from './seed.js';

const count = 100_000;
const statement = `SELECT p.name, p.path, p.tags, v.number, v.type, v.value, v.data_type, v.last_modified_at
  FROM parameters.parameter p JOIN parameters.parameter_version v ON v.parameter_id = p.id AND v.number = p.version
  WHERE p.account = $1 AND p.region = $2 AND p.parent = $3 ORDER BY p.path LIMIT 11`;

/** Levels of 10 among 100,000 parameters, a thousand levels in turn, beside the bare way and the database alone. */
export async function getParametersByPath(argv: readonly string[]): Promise<void> {
  const { connections, seconds, rounds, profile } = benchOptions(argv);
  const { name: generator, load } = await loadGenerator();
  console.log(
    `get-parameters-by-path: 10 of ${count}, ${connections} connections, ${rounds} rounds of ${seconds} s, ${generator}; ${machine()}`,
  );
  await closing(async (later) => {
    const bench = await benchStack(profile);
    later(() => bench.stack.remove());
    await bench.ask('PutParameter', { Name: '/bench/template', Value: 'x'.repeat(100), Type: 'String' });
    const database = new pg.Client({ connectionString: bench.databaseUrl });
    await database.connect();
    later(() => database.end());
    await seed(database, '/bench/template', '/bench/seed', 0, count);
    const paths = levels('/bench/seed', count);
    const requests = paths.map((Path) => bench.sign('GetParametersByPath', { Path }));
    const answer = JSON.parse(await bench.ask('GetParametersByPath', { Path: paths[7]! })) as { Parameters: unknown[] };
    if (answer.Parameters.length !== 10) throw new Error(`10 parameters were expected: ${JSON.stringify(answer)}`);

    const broker = await ownBroker();
    later(() => broker.stop());
    const { region, endpoint } = bench.stack.ready;
    const bare = await startHelper('bare-way', {
      kind: 'by-path',
      natsPort: broker.port,
      databaseUrl: bench.databaseUrl,
      credentials: adminKey(bench.stack),
      region,
      account: bench.account,
    });
    later(() => bare.stop());
    const pool = new pg.Pool({ connectionString: bench.databaseUrl, max: 8 });
    later(() => pool.end());
    let at = 0;
    const ask = () =>
      pool.query({ name: 'level', text: statement, values: [bench.account, region, paths[at++ % paths.length]] });

    const ours = () => load({ url: endpoint, requests, connections, seconds });
    const found = await inTurns(
      [
        { name: 'Muster', run: ours },
        { name: 'bare way', run: () => load({ url: `http://127.0.0.1:${bare.port}`, requests, connections, seconds }) },
        { name: 'statements', run: () => askedAgainAndAgain(8, seconds, ask) },
      ],
      rounds,
      seconds,
      bench.stack,
    );
    await bench.profile(ours);
    print(found);
    console.log('  statements: the level of ten alone, on 8 connections of one Node.js process.');
  });
}
