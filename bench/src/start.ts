import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { root, Stack } from '@muster/e2e';
import {
  createDeployment,
  ensureNatsServer,
  postgresFolder,
  preparePostgres,
  startNats,
  startPostgres,
} from '@muster/embedded';

import { machine, median, table } from './figures.js';

/** `npm start` until everything answers, beside the start of its two servers alone on the same data. */
export async function start(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options: { rounds: { type: 'string', default: '3' } } });
  const rounds = Number(values.rounds);
  console.log(`start: without an agent, ${rounds} warm starts; ${machine()}`);

  const home = mkdtempSync(path.join(tmpdir(), 'muster-bench-'));
  try {
    const first = await timed(() => Stack.start({ home, args: ['--no-agent'] }));
    const stack = first.result;
    const warm: number[] = [];
    const bare: number[] = [];
    try {
      for (let round = 0; round < rounds; round++) {
        await stack.down();
        bare.push(await serversAlone(home));
        warm.push((await timed(() => stack.up())).ms);
      }
    } finally {
      await stack.down();
    }
    table([
      ['medians', 'ms', 'is'],
      ['first start, on an empty folder (once)', first.ms.toFixed(0), ''],
      ['warm start', median(warm).toFixed(0), ''],
      [
        'nats-server and PostgreSQL alone',
        median(bare).toFixed(0),
        `${(median(bare) / median(warm)).toFixed(2)} of the warm start`,
      ],
    ]);
  } finally {
    // As root the database lies outside of home.
    const database = postgresFolder(home);
    for (const folder of database ? [database, home] : [home]) rmSync(folder, { recursive: true, force: true });
  }
}

async function serversAlone(home: string): Promise<number> {
  const deployment = createDeployment(home, { accountId: '123456789012' });
  const env = process.env;
  const log = (): void => undefined;
  const server = await ensureNatsServer({ cacheDir: path.join(root, '.cache', 'nats-server'), log, env });
  const password = deployment.databasePasswords['superuser']!;
  const prepared = await preparePostgres({ home, password, log, env });
  const { ms, result } = await timed(() =>
    Promise.all([
      startNats({
        server,
        folder: path.join(home, 'nats'),
        operatorJwt: deployment.operatorJwt,
        accounts: deployment.accounts,
      }),
      startPostgres(prepared),
    ]),
  );
  await Promise.all(result.map((each) => each.stop()));
  return ms;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now();
  const result = await work();
  return { ms: performance.now() - started, result };
}
