import { parseArgs } from 'node:util';

import pg from 'pg';

import { benchStack } from './bench-stack.js';
import { closing } from './closing.js';
import { machine, table } from './figures.js';
import { loadGenerator } from './load.js';
import { figure, inTurns } from './rounds.js';
import { levels, seed } from './seed.js';

/** What a read, a level, a page of descriptions and a put cost as an account grows from a thousand parameters to a million. */
export async function flatness(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      most: { type: 'string', default: '1000000' },
      connections: { type: 'string', default: '32' },
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const [most, connections, seconds, rounds] = [values.most, values.connections, values.seconds, values.rounds].map(
    Number,
  ) as [number, number, number, number];
  const { name: generator, load } = await loadGenerator();
  console.log(`flatness: ${connections} connections, ${rounds} rounds of ${seconds} s, ${generator}; ${machine()}`);
  await closing(async (later) => {
    const bench = await benchStack();
    later(() => bench.stack.remove());
    await bench.ask('PutParameter', { Name: '/bench/template', Value: 'x'.repeat(100), Type: 'String' });
    const database = new pg.Client({ connectionString: bench.databaseUrl });
    await database.connect();
    later(() => database.end());

    const calls = ['GetParameter', 'GetParametersByPath', 'DescribeParameters', 'PutParameter'] as const;
    const rows = [['parameters', ...calls.map((each) => `${each}/s`), 'of the first']];
    let first: number[] | undefined;
    for (let have = 0, want = 1_000; want <= most; have = want, want *= 10) {
      await seed(database, '/bench/template', '/bench/seed', have, want);
      const paths = levels('/bench/seed', want);
      const signed = {
        GetParameter: paths.map((path) => bench.sign('GetParameter', { Name: `${path}/3` })),
        GetParametersByPath: paths.map((Path) => bench.sign('GetParametersByPath', { Path })),
        DescribeParameters: paths.map((path) =>
          bench.sign('DescribeParameters', {
            ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [path] }],
            MaxResults: 10,
          }),
        ),
        PutParameter: paths.map((path) =>
          bench.sign('PutParameter', { Name: `${path}/3`, Value: 'y'.repeat(100), Overwrite: true }),
        ),
      };
      const url = bench.stack.ready.endpoint;
      const found = await inTurns(
        calls.map((name) => ({
          name,
          run: () =>
            load({ url, requests: signed[name], connections, seconds, invocationIds: name === 'PutParameter' }),
        })),
        rounds,
        seconds,
        bench.stack,
      );
      const figures = calls.map((name) => figure(found, name, 'perSecond'));
      first ??= figures;
      const ratios = figures.map((each, index) => (each / first![index]!).toFixed(2));
      rows.push([String(want), ...figures.map((each) => each.toFixed(0)), ratios.join(' ')]);
    }
    table(rows);
  });
}
