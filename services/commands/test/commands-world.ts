import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { ApiCalls, BusConnection, KnownOperations, type RunningService, startService } from '@muster/bus';
import type { CloudEvent } from '@muster/contracts';
import { aNode, Arrivals, testDeployment, type TestDeployment, type TestNode } from '@muster/testing';
import pg from 'pg';

import { migrations } from '../src/migrations/index.js';
import { CommandsModule } from '../src/module.js';
import { anIdentity } from './an-identity.js';
import { TestRegistry } from './a-registry.js';

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

/** JSON as a client has it, or a row: each test looks at what it is about. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answer = Record<string, any>;

/** What an operation answered. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = code;
  }
}

/** How a call is made, where that matters. */
export interface CallOptions {
  readonly invocationId?: string;
  readonly user?: string;
}

/** The commands service, with a registry, an identity and nodes that the test plays. */
export interface CommandsWorld {
  readonly service: RunningService;
  readonly registry: TestRegistry;
  readonly events: Arrivals<CloudEvent<Record<string, unknown>>>;
  readonly deployment: TestDeployment;
  /** Asks as the gateway does, of behalf of the administrator. */
  ssm(operation: string, input: object, how?: CallOptions): Promise<Answer>;
  /** A node that is registered and, unless told otherwise, connected. */
  node(tags?: Record<string, string>, connected?: boolean): Promise<TestNode>;
  /** In the schema of the service, as its superuser. */
  sql(text: string, values?: unknown[]): Promise<Answer[]>;
  /** Starts another replica of the service. Closed with the world. */
  replica(): Promise<RunningService>;
  close(): Promise<void>;
}

/** Everyone may everything, but for users whose name says what they may not. */
function policyOf(principal: string): object {
  const all = { Effect: 'Allow', Action: ['*'], Resource: ['*'] };
  const notProduction = {
    Effect: 'Deny',
    Action: ['ssm:SendCommand'],
    Resource: ['arn:aws:ssm:*:*:managed-instance/*'],
  };
  const statements = principal.endsWith('/no-nodes') ? [all, notProduction] : [all];
  return { Version: '2012-10-17', Statement: statements };
}

export async function commandsWorld(settings: Record<string, string> = {}): Promise<CommandsWorld> {
  const deployment = await testDeployment({ schemas: [{ name: 'commands', migrations }] });
  const identity = await anIdentity(deployment, policyOf);
  const registry = await TestRegistry.start(deployment, ACCOUNT, REGION);
  const env = { ...deployment.env, MUSTER_COMMANDS_ANSWER_WITHIN_MS: '2000', ...settings };
  const fleetSecret = new Uint8Array(
    Buffer.from(readFileSync(deployment.deployment.fleetSecretFile, 'utf8').trim(), 'base64'),
  );
  const service = await startService(CommandsModule, { env });
  const services = [service];

  const events = new Arrivals<CloudEvent<Record<string, unknown>>>();
  const watcher = await deployment.connectAs('core', 'watcher', {
    publish: [],
    subscribe: ['events.>', '_INBOX_watcher.>'],
  });
  watcher.subscribe('events.*.*.commands.>', { callback: (_error, msg) => events.push(msg.json()) });
  await watcher.flush();

  const gateway = await BusConnection.open({
    user: 'gateway',
    servers: [deployment.natsUrl],
    credsFile: deployment.deployment.credsFiles['gateway']!,
  });
  const calls = new ApiCalls(gateway, new KnownOperations(gateway));
  const database = new pg.Client({ connectionString: deployment.databaseUrl! });
  await database.connect();
  await database.query('SET search_path = commands');

  return {
    service,
    registry,
    events,
    deployment,
    async ssm(operation, input, how = {}) {
      const outcome = await calls.ask({
        service: 'ssm',
        operation,
        requestId: randomUUID(),
        body: Buffer.from(JSON.stringify(input)),
        deadlineMs: 15_000,
        invocationId: how.invocationId,
        caller: {
          account: ACCOUNT,
          region: REGION,
          arn: `arn:aws:iam::${ACCOUNT}:user/${how.user ?? 'administrator'}`,
          userId: 'AIDAEXAMPLE',
          kind: 'User',
        },
      });
      if (outcome.kind !== 'answered') throw new Error(`${operation}: ${outcome.kind}`);
      const answer = JSON.parse(Buffer.from(outcome.body).toString() || '{}') as Answer;
      if (outcome.status !== 200) {
        throw new Refused(
          answer['__type'] as string,
          (answer['message'] ?? answer['Message'] ?? '') as string,
          outcome.status,
        );
      }
      return answer;
    },
    async node(tags = {}, connected = true) {
      const node = await aNode(deployment, { fleetSecret });
      if (connected) await node.connect();
      registry.add(node, tags);
      return node;
    },
    async sql(text, values = []) {
      return (await database.query(text, values)).rows as Answer[];
    },
    async replica() {
      const another = await startService(CommandsModule, { env });
      services.push(another);
      return another;
    },
    async close() {
      identity.stop();
      await Promise.all(services.map((each) => each.close()));
      await gateway.close();
      await database.end();
      await deployment.close();
    },
  };
}
