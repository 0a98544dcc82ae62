import { randomUUID } from 'node:crypto';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { EnrolNodeRequest, EnrolNodeResult } from '@muster/aws-protocol';
import {
  type HelloAnswer,
  HelloAnswerSchema,
  HelloSchema,
  HeartbeatSchema,
  IssueNodeCredentialAnswerSchema,
  IssueNodeCredentialRequestSchema,
  subjects,
} from '@muster/contracts';
import { type Nkey, createNkey, nodePermissions, userJwt } from '@muster/keys';
import type { ServiceUnderTest, TestAccount } from '@muster/testing';
import type { NatsConnection } from '@nats-io/transport-node';

/** Issues credentials as identity does, and counts them. Stop it to take identity away. */
export class CredentialIssuer {
  issued = 0;
  private readonly subscription;

  constructor(service: ServiceUnderTest) {
    const { fleet } = service.deployment.deployment.accounts;
    this.subscription = service.nats.subscribe(subjects.rpc('identity', 'issueNodeCredential'), {
      callback: (_error, msg) => {
        this.issued++;
        const { nodeId, publicKey } = fromBinary(IssueNodeCredentialRequestSchema, msg.data);
        const expiresAt = new Date(Date.now() + 60_000);
        const jwt = userJwt(fleet, { name: nodeId, publicKey, permissions: nodePermissions(nodeId), expiresAt });
        const answer = create(IssueNodeCredentialAnswerSchema, { jwt, expiresAtMs: BigInt(expiresAt.getTime()) });
        msg.respond(toBinary(IssueNodeCredentialAnswerSchema, answer));
      },
    });
  }

  stop(): void {
    this.subscription.unsubscribe();
  }
}

/** Input of EnrolNode with a proof that holds. */
export function anEnrolment(activation: Activation, some: { key?: Nkey; Fingerprint?: string } = {}): EnrolNodeRequest {
  const key = some.key ?? createNkey('user');
  const Fingerprint = some.Fingerprint ?? 'machine-1';
  const text = `muster-enrol\n${activation.ActivationId}\n${key.publicKey}\n${Fingerprint}`;
  return {
    ...activation,
    PublicKey: key.publicKey,
    Fingerprint,
    Proof: Buffer.from(key.sign(Buffer.from(text))).toString('base64'),
    ComputerName: 'web-1',
    PlatformType: 'Linux',
    PlatformName: 'Debian GNU/Linux',
    PlatformVersion: '12',
    AgentVersion: '0.1.0',
    IPAddress: '10.0.0.7',
  };
}

/** What CreateActivation answers. */
export interface Activation {
  readonly ActivationId: string;
  readonly ActivationCode: string;
}

/** Makes an activation. */
export function anActivation(account: TestAccount, some: object = {}): Promise<Activation> {
  return account.ssm<Activation & Record<string, never>>('CreateActivation', { IamRole: 'nodes', ...some });
}

/** Enrols one more machine. */
export function enrol(account: TestAccount, request: EnrolNodeRequest): Promise<EnrolNodeResult> {
  return account.call('muster', 'EnrolNode', request, { public: true });
}

/** Makes an activation and registers nodes with it; their ids in their order. */
export async function someNodes(account: TestAccount, count: number, some: object = {}): Promise<string[]> {
  const activation = await anActivation(account, { RegistrationLimit: count, ...some });
  const enrolled: string[] = [];
  while (enrolled.length < count) {
    const batch = Array.from({ length: Math.min(50, count - enrolled.length) }, () => anEnrolment(activation));
    const answers = await Promise.all(batch.map((request) => enrol(account, request)));
    enrolled.push(...answers.map((answer) => answer.NodeId!));
  }
  return enrolled.sort();
}

/** One connection inside account FLEET that speaks for any number of machines. */
export class Machines {
  private constructor(private readonly nats: NatsConnection) {}

  static async connect(service: ServiceUnderTest): Promise<Machines> {
    const permissions = { publish: ['agent.>'], subscribe: ['_INBOX_crowd.>'] };
    return new Machines(await service.deployment.connectAs('fleet', 'crowd', permissions));
  }

  /** A machine with the identity of a node. */
  as(nodeId: string, some: Partial<Omit<Machine, 'nodeId'>> = {}): Machine {
    return new Machine(this.nats, nodeId, some.fingerprint, some.bootId);
  }
}

/** A machine that has a node's credential. */
export class Machine {
  connectionId = randomUUID();
  epoch = 'none';

  constructor(
    private readonly nats: NatsConnection,
    readonly nodeId: string,
    readonly fingerprint = `machine-of-${nodeId}`,
    public bootId = 'boot-1',
  ) {}

  /** Says hello and keeps the epoch that it is granted. */
  async hello(facts: object = {}): Promise<HelloAnswer> {
    const { nodeId, fingerprint, bootId, connectionId } = this;
    const plugins = ['aws:runShellScript'];
    const clockMs = BigInt(Date.now());
    const hello = create(HelloSchema, { nodeId, fingerprint, bootId, connectionId, plugins, clockMs, facts });
    return this.ask(toBinary(HelloSchema, hello));
  }

  async ask(bytes: Uint8Array): Promise<HelloAnswer> {
    const reply = await this.nats.request(subjects.hello(this.nodeId), bytes, { timeout: 10_000 });
    const answer = fromBinary(HelloAnswerSchema, reply.data);
    this.epoch = answer.epoch || this.epoch;
    return answer;
  }

  /** A new connection to the broker, perhaps after a reboot. */
  reconnect(bootId = this.bootId): this {
    this.bootId = bootId;
    this.connectionId = randomUUID();
    return this;
  }

  /** Says that it lives. */
  beat(): void {
    const { nodeId, epoch, connectionId } = this;
    this.say(toBinary(HeartbeatSchema, create(HeartbeatSchema, { nodeId, epoch, connectionId })));
  }

  say(bytes: Uint8Array): void {
    this.nats.publish(subjects.heartbeat(this.nodeId), bytes);
  }
}
