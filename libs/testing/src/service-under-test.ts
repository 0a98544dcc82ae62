import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  create,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf';
import { CallMac, type RunningService, deriveGatewayKey, serviceOptions, startService } from '@muster/bus';
import { subjects } from '@muster/contracts';
import type { Caller } from '@muster/iam';
import type { Clock } from '@muster/persistence';
import { Kvm } from '@nats-io/kv';
import { type Msg, type NatsConnection, headers } from '@nats-io/transport-node';
import type { Type } from '@nestjs/common';

import { EventListener } from './event-listener.js';
import { IdentityStandIn } from './identity-stand-in.js';
import { type TestDeployment, type TestDeploymentOptions, testDeployment } from './test-deployment.js';
import { wrongInAnswer } from './wrong-in-answer.js';

/** How a call is made that is not the account's root's. */
export interface CallOptions {
  readonly caller?: Caller;
  /** `amz-sdk-invocation-id`: the same on every try. */
  readonly invocationId?: string;
  readonly region?: string;
  readonly deadlineMs?: number;
  /** Unsigned, to an operation on `public.`. */
  readonly public?: boolean;
  /** Of a call about a stream: `open <id>`, `renew <id>`, `close <id>`. */
  readonly stream?: string;
}

/** An error as the service answered it. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  constructor(
    /** `ParameterNotFound` */
    readonly code: string,
    readonly status: number,
    override readonly message: string,
    readonly body: string,
  ) {
    super(`${code}: ${message}`);
  }
}

/** An account that only this test knows: no clean-up is needed, and the order of tests does not matter. */
export interface TestAccount {
  readonly account: string;
  readonly region: string;
  /** The account's root, who may all in it. */
  readonly caller: Caller;
  /** A user of it, who may what these policies say; needs the identity stand-in. */
  user(name: string, ...policies: readonly object[]): Caller;
  /** Calls an operation of ssm as the root. @throws CallFailed */
  ssm<O = Record<string, never>>(operation: string, input: object, options?: CallOptions): Promise<O>;
  /** Calls any operation with awsJson. @throws CallFailed */
  call<O = Record<string, never>>(service: string, operation: string, input: object, options?: CallOptions): Promise<O>;
  readonly events: EventListener;
}

/** Services that run for one test file. */
export interface ServiceUnderTest {
  newAccount(): TestAccount;
  /** Asks an operation as the gateway would, with the body as it is. */
  ask(service: string, operation: string, body: string, how: CallOptions): Promise<Msg>;
  /** Asks as another service would. @throws CallFailed */
  rpc<M extends DescMethodUnary>(method: M, request: MessageInitShape<M['input']>): Promise<MessageShape<M['output']>>;
  /** Of the n-th module. */
  running(index?: number): RunningService;
  /** Stops the n-th service and starts it anew. */
  restart(index?: number): Promise<void>;
  /** May all in account CORE. */
  readonly nats: NatsConnection;
  readonly deployment: TestDeployment;
  /** Undefined when the real identity is among the modules. */
  readonly identity: IdentityStandIn | undefined;
}

/** What is different from the usual. */
export interface UnderTestOptions extends Omit<TestDeploymentOptions, 'schemas'> {
  /** Beside what the deployment gives. */
  readonly env?: Readonly<Record<string, string>>;
  /** The time that the services see. */
  readonly clock?: Clock;
}

/**
 * Starts services before all tests of the file, over a database cloned from the migrated template and accounts of their own
 * on a real broker, and stops them after all. Where identity is not among them, a stand-in answers for policies.
 */
export function serviceUnderTest(
  modules: Type | readonly Type[],
  options: UnderTestOptions | (() => Promise<UnderTestOptions>) = {},
): ServiceUnderTest {
  const all = Array.isArray(modules) ? (modules as readonly Type[]) : [modules as Type];
  const started = new Started(all);
  beforeAll(async () => started.start(typeof options === 'function' ? await options() : options), 300_000);
  afterAll(() => started.close(), 60_000);
  return started;
}

class Started implements ServiceUnderTest {
  private services: RunningService[] = [];
  private readonly owners = new Map<string, string>();
  private options: UnderTestOptions = {};
  private made: { deployment: TestDeployment; nats: NatsConnection; identity: IdentityStandIn | undefined } | undefined;
  private readonly listeners: EventListener[] = [];

  constructor(private readonly modules: readonly Type[]) {}

  get deployment(): TestDeployment {
    return this.there().deployment;
  }

  get nats(): NatsConnection {
    return this.there().nats;
  }

  get identity(): IdentityStandIn | undefined {
    return this.there().identity;
  }

  async start(options: UnderTestOptions): Promise<void> {
    this.options = options;
    const described = this.modules.map((each) => serviceOptions(each));
    const schemas = described.flatMap(({ schema, migrations }) =>
      schema ? [{ name: schema, migrations: migrations ?? [] }] : [],
    );
    const deployment = await testDeployment({ ...options, schemas });
    // Services may answer into the gateway's inbox; it asks for all others here.
    const nats = await deployment.connectAs('core', 'gateway', { publish: ['>'], subscribe: ['>'] });
    const hasIdentity = described.some(({ name }) => name === 'identity');
    this.made = { deployment, nats, identity: hasIdentity ? undefined : new IdentityStandIn(nats) };
    await nats.flush();
    for (const each of this.modules) this.services.push(await this.startOne(each));
  }

  async close(): Promise<void> {
    for (const each of this.listeners) each.close();
    for (const each of this.services.splice(0).reverse()) await each.close();
    await this.made?.deployment.close();
  }

  running(index = 0): RunningService {
    return this.services[index]!;
  }

  async restart(index = 0): Promise<void> {
    await this.services[index]!.close();
    this.services[index] = await this.startOne(this.modules[index]!);
  }

  newAccount(): TestAccount {
    const account = String(randomInt(100_000_000_000, 999_999_999_999));
    const region = 'us-east-1';
    const who = { account, region };
    const caller: Caller = { ...who, arn: `arn:aws:iam::${account}:root`, userId: account, kind: 'Root' };
    const events = new EventListener(this.nats, account);
    this.listeners.push(events);
    const call: TestAccount['call'] = (service, operation, input, how) =>
      this.call(service, operation, input, { ...how, caller: inRegion(how?.caller ?? caller, how?.region) });
    return {
      ...who,
      caller,
      events,
      call,
      ssm: (operation, input, how) => call('ssm', operation, input, how),
      user: (name, ...policies) => {
        const arn = `arn:aws:iam::${account}:user/${name}`;
        if (!this.identity) throw new Error('users are made with the real identity here');
        this.identity.attach(arn, policies);
        return { ...who, arn, userId: `AIDA${name.toUpperCase()}`, kind: 'User' };
      },
    };
  }

  async rpc<M extends DescMethodUnary>(
    method: M,
    request: MessageInitShape<M['input']>,
  ): Promise<MessageShape<M['output']>> {
    const owner = method.parent.file.proto.package.split('.').at(-2)!;
    const body = toBinary(method.input, create(method.input, request) as MessageShape<M['input']>);
    const reply = await this.nats.request(subjects.rpc(owner, method.localName), body, { timeout: 10_000 });
    const code = reply.headers?.get('Muster-Error-Code');
    if (code) {
      const message = decodeURIComponent(reply.headers!.get('Muster-Error-Message'));
      throw new CallFailed(code, Number(reply.headers!.get('Muster-Error-Status')), message, '');
    }
    return fromBinary(method.output, reply.data) as MessageShape<M['output']>;
  }

  async ask(service: string, operation: string, body: string, how: CallOptions): Promise<Msg> {
    const set = headers();
    const deadlineMs = how.deadlineMs ?? 10_000;
    if (!how.public) set.set('Muster-Caller', Buffer.from(JSON.stringify(how.caller)).toString('base64'));
    set.set('Muster-Request-Id', randomUUID());
    set.set('Muster-Deadline-Ms', String(deadlineMs));
    if (how.invocationId) set.set('Muster-Invocation-Id', how.invocationId);
    if (how.stream) set.set('Muster-Stream', how.stream);
    const subject = (how.public ? subjects.public : subjects.api)(service, operation);
    const seal = await this.sealFor(service, operation);
    seal.seal(subject, set, Buffer.from(body));
    return this.nats.request(subject, body, { timeout: deadlineMs, headers: set });
  }

  /** Of the service that says that it answers the operation. */
  private async sealFor(service: string, operation: string): Promise<CallMac> {
    const name = `${service}.${operation}`;
    let owner = this.owners.get(name);
    if (owner === undefined) {
      const bucket = await new Kvm(this.nats).open('operations', { allow_direct: true });
      owner = (await bucket.get(name))?.string() ?? 'nobody';
      this.owners.set(name, owner);
    }
    const secret = readFileSync(this.deployment.deployment.callerSecretFile, 'utf8');
    return new CallMac(deriveGatewayKey(Buffer.from(secret, 'base64'), owner));
  }

  private async call<O>(
    service: string,
    operation: string,
    input: object,
    how: CallOptions & { caller: Caller },
  ): Promise<O> {
    const reply = await this.ask(service, operation, JSON.stringify(input), how);
    const status = Number(reply.headers?.get('Muster-Status'));
    const body = reply.string();
    if (status === 200) return answerOf<O>(service, operation, body);
    throw failureOf(status, body);
  }

  private startOne(module: Type): Promise<RunningService> {
    return startService(module, {
      env: { ...this.deployment.env, ...this.options.env },
      ...(this.options.clock ? { clock: this.options.clock } : {}),
    });
  }

  private there() {
    if (!this.made) throw new Error('not started yet: use it in a test or a hook');
    return this.made;
  }
}

function inRegion(caller: Caller, region: string | undefined): Caller {
  return region === undefined ? caller : { ...caller, region };
}

/** Every answer that a test gets is held against the model as well. */
function answerOf<O>(service: string, operation: string, body: string): O {
  const answer: unknown = body === '' ? {} : JSON.parse(body);
  const wrong = wrongInAnswer(service, operation, answer);
  if (wrong.length > 0) throw new Error(`the answer is not as the API model says: ${wrong.join('; ')}`);
  return answer as O;
}

function failureOf(status: number, body: string): CallFailed {
  if (body.startsWith('<')) {
    return new CallFailed(/<Code>(.*?)</.exec(body)?.[1] ?? '', status, /<Message>(.*?)</.exec(body)?.[1] ?? '', body);
  }
  const error = JSON.parse(body) as { __type: string; message?: string; Message?: string };
  return new CallFailed(error.__type, status, error.message ?? error.Message ?? '', body);
}
