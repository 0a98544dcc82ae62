import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { setUpBus, type BusUser } from '@muster/bus';
import { inboxPrefix } from '@muster/contracts';
import {
  createDeployment,
  pushAccounts,
  serviceDatabaseUrl,
  serviceEnvironment,
  type Deployment,
} from '@muster/embedded';
import {
  credsAuthenticator,
  credsFile,
  natsUserKeys,
  userJwt,
  type AccountKind,
  type UserPermissions,
} from '@muster/keys';
import { connect, type NatsConnection } from '@nats-io/transport-node';

import { passwordsFor, testDatabase, type TestSchema } from './test-database.js';
import { runFolder, testServers, type TestNats, type TestPostgres } from './test-servers.js';

export interface TestDeploymentOptions {
  /** What is migrated; without any there is no database. */
  readonly schemas?: readonly TestSchema[];
  /** Bus users beside those of the product. */
  readonly users?: Readonly<Record<string, BusUser>>;
  /** Servers of the file's own (`ownNats`, `ownPostgres`). Default: those of the run. */
  readonly nats?: TestNats;
  readonly postgres?: TestPostgres;
  /** Of the first account. */
  readonly accountId?: string;
}

/** What one test file has for itself: accounts on the broker, a database, and the keys of both. */
export interface TestDeployment {
  readonly deployment: Deployment;
  /** Every variable of every service. */
  readonly env: Readonly<Record<string, string>>;
  readonly natsUrl: string;
  /** The superuser's; undefined without schemas. */
  readonly databaseUrl?: string;
  /** Connects as a bus user, with its permissions and its inbox. */
  connect(user: string): Promise<NatsConnection>;
  /** Connects as a new user of an account. @returns its connection; `name` is also its inbox */
  connectAs(account: AccountKind, name: string, permissions: UserPermissions): Promise<NatsConnection>;
  /** Closes the connections that were made here, removes the database and the keys. */
  close(): Promise<void>;
}

/** Makes a deployment for one test file: its streams are set up, its schemas migrated. Close it in `afterAll`. */
export async function testDeployment(options: TestDeploymentOptions = {}): Promise<TestDeployment> {
  const schemas = options.schemas ?? [];
  const nats = options.nats ?? (await testServers()).nats;
  const postgres = schemas.length > 0 ? (options.postgres ?? (await testServers()).postgres) : undefined;
  const folder = mkdtempSync(join(runFolder(), 'file-'));
  const deployment = createDeployment(folder, {
    accountId: options.accountId ?? '123456789012',
    broker: { operatorSeed: nats.operatorSeed, sys: nats.sys },
    suffix: randomBytes(4).toString('hex'),
    users: options.users,
    databasePasswords: postgres && passwordsFor(postgres, schemas),
  });
  const creds = (user: string): string => deployment.credsFiles[user] ?? unknownUser(user);
  const setUpBroker = async (): Promise<void> => {
    const { core, fleet, ext } = deployment.accounts;
    await pushAccounts({ url: nats.url, credsFile: creds('sys'), jwts: [core.jwt, fleet.jwt, ext.jwt] });
    await setUpBus({ servers: [nats.url], credsFile: creds('setup') });
  };
  const [database] = await Promise.all([postgres && testDatabase(postgres, schemas), setUpBroker()]);

  const connections: NatsConnection[] = [];
  const open = async (name: string, credentials: string): Promise<NatsConnection> => {
    const connection = await connect({
      name,
      servers: nats.url,
      authenticator: credsAuthenticator(credentials),
      inboxPrefix: inboxPrefix(name),
      maxReconnectAttempts: -1,
      noAsyncTraces: true,
    });
    connections.push(connection);
    return connection;
  };
  return {
    deployment,
    env: environmentOf(deployment, nats.url, database?.url, schemas),
    natsUrl: nats.url,
    databaseUrl: database?.url,
    connect: (user) => open(user, readFileSync(creds(user), 'utf8')),
    connectAs: (account, name, permissions) => {
      const { publicKey, seed } = natsUserKeys();
      return open(name, credsFile(userJwt(deployment.accounts[account], { name, publicKey, permissions }), seed));
    },
    async close() {
      await Promise.all(connections.map((each) => each.close()));
      await database?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function environmentOf(
  deployment: Deployment,
  natsUrl: string,
  databaseUrl: string | undefined,
  schemas: readonly TestSchema[],
): Record<string, string> {
  const env = serviceEnvironment(deployment, {
    natsUrl,
    // Nobody connects there: a file without schemas starts no service that has one.
    databaseUrl: databaseUrl ?? 'postgres://127.0.0.1:1/none',
    gateway: { host: '127.0.0.1', port: 0 },
  });
  for (const { name } of databaseUrl ? schemas : []) {
    const password = deployment.databasePasswords[name] ?? '';
    env[`MUSTER_${name.toUpperCase()}_DATABASE_URL`] = serviceDatabaseUrl(databaseUrl!, name, password);
  }
  return env;
}

function unknownUser(user: string): never {
  throw new Error(`there is no bus user "${user}"`);
}
