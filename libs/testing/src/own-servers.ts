import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

import { createDeployment, preparePostgres, startNats, startPostgres, type RunningServer } from '@muster/embedded';

import { allGone, childrenOf } from './child-processes.js';
import {
  disposable,
  letGo,
  natsOf,
  natsServerForTests,
  runFolder,
  type TestNats,
  type TestPostgres,
} from './test-servers.js';

/** A server that a test file has for itself, to take it away and bring it back. */
export interface OwnServer {
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Brings it back on the same port with the same data. */
  start(): Promise<void>;
  /** Of the process that runs now. */
  readonly pid: number;
}

export interface OwnNats extends TestNats, OwnServer {
  /** Where its streams lie: copied and put back, they are as after a power cut. */
  readonly storeFolder: string;
}

export interface OwnPostgres extends TestPostgres, OwnServer {}

/** A broker of one's own, serving. Ends with the run; `stop` it in `afterAll` to save room. */
export async function ownNats(): Promise<OwnNats> {
  const folder = mkdtempSync(join(runFolder(), 'nats-'));
  const deployment = createDeployment(join(folder, 'home'), { accountId: '123456789012' });
  const server = await natsServerForTests();
  const { operatorJwt, accounts } = deployment;
  const launch = (port?: number): ReturnType<typeof startNats> =>
    startNats({ server, folder: join(folder, 'nats'), operatorJwt, accounts, port, ...disposable.nats });
  const first = await launch();
  return Object.assign(
    restartable(first, () => launch(first.port)),
    natsOf(deployment, first.url),
    {
      // The server adds a folder of its own.
      storeFolder: join(folder, 'nats', 'jetstream', 'jetstream'),
    },
  );
}

/** A database server of one's own, serving. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(runFolder(), 'postgres-'));
  const home = join(folder, 'home');
  const { databasePasswords: passwords } = createDeployment(home, { accountId: '123456789012' });
  const prepared = await preparePostgres({
    home,
    password: passwords['superuser'] ?? '',
    log: () => undefined,
    env: process.env,
    systemFolder: `${folder}-system`,
    disposable: true,
  });
  const first = await startPostgres(prepared, disposable.postgres);
  const again = (): Promise<RunningServer> => startPostgres(prepared, { ...disposable.postgres, port: first.port });
  const server = restartable(first, again);
  const killPostmaster = server.kill;
  const kill = async (): Promise<void> => {
    const sessions = childrenOf(server.pid);
    await killPostmaster();
    await allGone(sessions);
  };
  return Object.assign(server, { kill, adminUrl: first.adminUrl, passwords });
}

function restartable(first: RunningServer, again: () => Promise<RunningServer>): OwnServer {
  let current = first;
  letGo(current);
  return {
    stop: () => current.stop(),
    kill: () => current.kill(),
    async start() {
      current = await again();
      letGo(current);
    },
    get pid() {
      return current.pid;
    },
  };
}
