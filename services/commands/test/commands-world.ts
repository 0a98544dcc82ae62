import { readFileSync } from 'node:fs';

import { type RunningService, startService } from '@muster/bus';
import type { CloudEvent } from '@muster/contracts';
import type { Caller } from '@muster/iam';
import { Database } from '@muster/persistence';
import {
  aNode,
  Arrivals,
  serviceUnderTest,
  type ServiceUnderTest,
  type TestAccount,
  type TestNode,
} from '@muster/testing';

import { CommandsModule } from '../src/module.js';
import { TestRegistry } from './a-registry.js';

/** JSON as a client has it, or a row: each test looks at what it is about. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answer = Record<string, any>;

/** How a call is made, where that matters. */
export interface CallOptions {
  readonly invocationId?: string;
  readonly caller?: Caller;
}

/** The commands service, with a registry and nodes that the test plays. */
export class CommandsWorld {
  /** What the service announced. */
  readonly events = new Arrivals<CloudEvent<Record<string, unknown>>>();
  private readonly env = { MUSTER_COMMANDS_ANSWER_WITHIN_MS: '2000' };
  private readonly under: ServiceUnderTest;
  private readonly replicas: RunningService[] = [];
  private made: { account: TestAccount; registry: TestRegistry; fleetSecret: Uint8Array } | undefined;

  /** Starts before all tests of the file and ends after them. */
  constructor() {
    // First, because hooks run in this order and the next one takes the bus away.
    afterAll(() => Promise.all(this.replicas.map((each) => each.close())));
    this.under = serviceUnderTest(CommandsModule, { env: this.env });
    beforeAll(async () => {
      const { deployment, nats } = this.under;
      const account = this.under.newAccount();
      nats.subscribe(`events.${account.account}.*.commands.>`, {
        callback: (_error, msg) => this.events.push(msg.json()),
      });
      await nats.flush();
      const secret = readFileSync(deployment.deployment.fleetSecretFile, 'utf8').trim();
      this.made = {
        account,
        registry: await TestRegistry.start(deployment, account.account, account.region),
        fleetSecret: new Uint8Array(Buffer.from(secret, 'base64')),
      };
    });
  }

  get service(): RunningService {
    return this.under.running();
  }

  get account(): TestAccount {
    return this.made!.account;
  }

  get registry(): TestRegistry {
    return this.made!.registry;
  }

  /** The superuser's. */
  get databaseUrl(): string {
    return this.under.deployment.databaseUrl!;
  }

  /** Asks as the gateway does, on behalf of the account's root unless told otherwise. @throws CallFailed */
  ssm(operation: string, input: object, how: CallOptions = {}): Promise<Answer> {
    return this.account.ssm<Answer>(operation, input, { deadlineMs: 15_000, ...how });
  }

  /** Asks as another service would. @throws CallFailed */
  get rpc(): ServiceUnderTest['rpc'] {
    return this.under.rpc.bind(this.under);
  }

  /** A node that is registered and, unless told otherwise, connected. */
  async node(tags: Record<string, string> = {}, connected = true): Promise<TestNode> {
    const node = await aNode(this.under.deployment, { fleetSecret: this.made!.fleetSecret });
    if (connected) await node.connect();
    this.registry.add(node, tags);
    return node;
  }

  /** In the schema of the service. */
  sql(text: string, values: unknown[] = []): Promise<Answer[]> {
    return this.service.get(Database).query<Answer>(text, values);
  }

  /** Starts another replica of the service. */
  async replica(): Promise<void> {
    const env = { ...this.under.deployment.env, ...this.env };
    this.replicas.push(await startService(CommandsModule, { env }));
  }
}
