import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  createDeployment,
  ensureNatsServer,
  preparePostgres,
  startNats,
  startPostgres,
  type Deployment,
  type NatsServer,
  type RunningServer,
} from '@muster/embedded';
import type { Account } from '@muster/keys';

/** A broker that test deployments can share. */
export interface TestNats {
  readonly url: string;
  readonly operatorSeed: string;
  readonly sys: Account;
}

/** A database server that test deployments can share. */
export interface TestPostgres {
  /** The superuser's. */
  readonly adminUrl: string;
  readonly passwords: Readonly<Record<string, string>>;
}

/** What one test run shares. */
export interface TestServers {
  readonly nats: TestNats;
  readonly postgres: TestPostgres;
}

/** The folder of this run: what is started for it names this folder on its command line, so that it ends with the run. */
export function runFolder(): string {
  const folder = process.env['MUSTER_TEST_RUN_FOLDER'];
  if (!folder) throw new Error('no test run: the jest.config.js of this package must spread jest.preset.js');
  return folder;
}

/** One broker and one database server for the whole run, started by whoever asks first. */
export async function testServers(): Promise<TestServers> {
  const folder = join(runFolder(), 'shared');
  const [done, failed] = [join(folder, 'servers.json'), join(folder, 'failed.txt')];
  if (isFirst(folder)) {
    try {
      publish(done, JSON.stringify(await start(folder)));
    } catch (error) {
      publish(failed, (error as Error).message);
      throw error;
    }
  }
  // Long enough for nats-server to be built once.
  const deadline = performance.now() + 240_000;
  while (!existsSync(done)) {
    if (existsSync(failed)) throw new Error(`the servers of this run did not start: ${readFileSync(failed, 'utf8')}`);
    if (performance.now() > deadline) throw new Error('the servers of this run were not ready in time');
    await sleep(20);
  }
  return JSON.parse(readFileSync(done, 'utf8')) as TestServers;
}

/** The nats-server that tests use. */
export function natsServerForTests(): Promise<NatsServer> {
  const cacheDir = join(process.env['MUSTER_TEST_CACHE_FOLDER'] ?? '.cache', 'nats-server');
  const lines: string[] = [];
  return ensureNatsServer({ cacheDir, log: (line) => lines.push(line), env: process.env });
}

/** Settings of the test servers: nothing survives a power cut, everything else is as in the product. */
export const disposable = {
  // Each test deployment's streams reserve their full size: more than a disk has.
  nats: { durable: false, maxStore: '1000TB' },
  postgres: { disposable: true, maxConnections: 300 },
} as const;

/** A server must not keep the process of the test file alive: the guard of the run ends it. */
export function letGo(server: RunningServer): void {
  server.process.unref();
}

export function natsOf(deployment: Deployment, url: string): TestNats {
  return { url, operatorSeed: deployment.operatorSeed, sys: deployment.accounts.sys };
}

async function start(folder: string): Promise<TestServers> {
  const deployment = createDeployment(join(folder, 'home'), { accountId: '123456789012' });
  const { operatorJwt, accounts, databasePasswords } = deployment;
  const [nats, postgres] = await Promise.all([
    natsServerForTests().then((server) =>
      startNats({ server, folder: join(folder, 'nats'), operatorJwt, accounts, ...disposable.nats }),
    ),
    preparePostgres({
      home: join(folder, 'home'),
      password: databasePasswords['superuser'] ?? '',
      log: () => undefined,
      env: process.env,
      systemFolder: join(folder, 'system'),
      disposable: true,
    }).then((prepared) => startPostgres(prepared, disposable.postgres)),
  ]);
  letGo(nats);
  letGo(postgres);
  return {
    nats: natsOf(deployment, nats.url),
    postgres: { adminUrl: postgres.adminUrl, passwords: databasePasswords },
  };
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o711 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function publish(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
