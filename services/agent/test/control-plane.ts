import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  CancelAnswerSchema,
  type Hello,
  HelloAnswerSchema,
  HelloSchema,
  InvokeAnswerSchema,
  type InvokeSchema,
  type NodeMessageSchema,
  type NodeVerb,
  type OutputChunk,
  OutputChunkSchema,
  RenewAnswerSchema,
  RenewRequestSchema,
  type StatusReport,
  StatusReport_Phase,
  StatusReportSchema,
  subjects,
} from '@muster/contracts';
import { builtInDocument } from '@muster/documents';
import { deriveNodeKey, nodePermissions, sealNodeMessage, userJwt, verifyNkey } from '@muster/keys';
import { testDeployment, type TestDeployment, type TestDeploymentOptions } from '@muster/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

/** What the enrolment of a node said. */
export interface EnrolCall {
  readonly ActivationId: string;
  readonly ActivationCode: string;
  readonly PublicKey: string;
  readonly Fingerprint: string;
  readonly Proof: string;
}

/** A script to run, and how. */
export interface Order {
  readonly id?: string;
  readonly commands: readonly string[];
  readonly workingDirectory?: string;
  readonly executionTimeout?: number;
  readonly startWithinMs?: number;
  readonly outputLimitBytes?: number;
  readonly document?: string;
  readonly traceparent?: string;
}

const wholeTest = 100_000;

/**
 * The control plane as a node sees it: answers enrolments and hellos, sends sealed messages, and takes what nodes publish. It settles only what a
 * test tells it to.
 */
export class ControlPlane {
  readonly enrolments: EnrolCall[] = [];
  readonly hellos: Hello[] = [];
  readonly reports: StatusReport[] = [];
  readonly chunks: OutputChunk[] = [];
  readonly heartbeats: string[] = [];
  /** Set to answer enrolments in another way: returns the status and the body, or `undefined` for a lost answer. */
  enrolAnswer: ((call: EnrolCall) => { status: number; body: object } | undefined) | undefined;
  /** Why hellos get no epoch. */
  refusal: string | undefined;
  /** How long a credential lives. */
  credentialLifeMs = 3_600_000;
  private readonly heard = new EventEmitter().setMaxListeners(0);
  private readonly epochs = new Map<string, string>();
  private readonly secret = randomBytes(32);
  private readonly nodeIds = new Map<string, string>();

  private constructor(
    private readonly test: TestDeployment,
    private readonly core: NatsConnection,
    private readonly fleet: NatsConnection,
    private readonly http: Server,
  ) {
    this.http.on('request', (request, response) => {
      void bodyOf(request).then((body) => {
        const answer = this.enrol(JSON.parse(body) as EnrolCall);
        if (!answer) return request.socket.destroy();
        response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(answer.body));
      });
    });
    this.listen();
  }

  static async open(options: TestDeploymentOptions = {}): Promise<ControlPlane> {
    const test = await testDeployment(options);
    const all = { publish: ['>'], subscribe: ['>'] };
    const core = await test.connectAs('core', 'plane', all);
    const fleet = await test.connectAs('fleet', 'plane-fleet', all);
    const http = createServer();
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new ControlPlane(test, core, fleet, http);
  }

  /** Takes from the stream what it acknowledged to nodes while this connection was away. */
  async catchUp(): Promise<void> {
    const { streams } = await jetstreamManager(this.core);
    const { state } = await streams.info('OUTPUT');
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
      const message = await streams.getMessage('OUTPUT', { seq });
      if (message) this.chunks.push(fromBinary(OutputChunkSchema, message.data));
    }
    this.heard.emit('something');
  }

  async close(): Promise<void> {
    this.http.close();
    await this.test.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  get natsUrl(): string {
    return this.test.natsUrl;
  }

  /** A connection with a credential as nodes have it. */
  connectAsNode(nodeId: string): Promise<NatsConnection> {
    return this.test.connectAs('fleet', nodeId, nodePermissions(nodeId));
  }

  keyOf(nodeId: string): Uint8Array {
    return deriveNodeKey(this.secret, nodeId, 1);
  }

  epochOf(nodeId: string): string {
    const epoch = this.epochs.get(nodeId);
    if (!epoch) throw new Error(`${nodeId} was granted no epoch`);
    return epoch;
  }

  /** The next thing that is heard of any node; heartbeats come every second. */
  async something(): Promise<void> {
    await once(this.heard, 'something', { signal: AbortSignal.timeout(wholeTest) });
  }

  /** Resolves with what is there, or as soon as it is. */
  async until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    const deadline = AbortSignal.timeout(wholeTest);
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await once(this.heard, 'something', { signal: deadline }).catch(() => {
        throw new Error(`nothing came of: ${what}`);
      });
    }
  }

  /** The next hello after those that were there. */
  granted(nodeId: string, after = 0): Promise<Hello> {
    return this.until(`hello of ${nodeId}`, () => this.hellos.filter((hello) => hello.nodeId === nodeId)[after]);
  }

  finalOf(id: string): Promise<StatusReport> {
    return this.until(`final report of ${id}`, () => this.finals(id)[0]);
  }

  finals(id: string): readonly StatusReport[] {
    return this.reports.filter((report) => report.invocationId === id && report.phase === StatusReport_Phase.FINISHED);
  }

  /** All bytes of a stream, put together from its pieces; undefined while one is missing. */
  outputOf(id: string, stream: number, length: number): Buffer | undefined {
    const bytes = Buffer.alloc(length);
    const there = Buffer.alloc(length);
    for (const chunk of this.chunks.filter((each) => each.invocationId === id && each.stream === stream)) {
      bytes.set(chunk.data, Number(chunk.offset));
      there.fill(1, Number(chunk.offset), Number(chunk.offset) + chunk.data.length);
    }
    return there.includes(0) ? undefined : bytes;
  }

  async invoke(nodeId: string, order: Order) {
    const id = order.id ?? randomUUID();
    const bytes = this.seal(nodeId, 'invoke', id, { case: 'invoke', value: invokeOf(order) }, order);
    return { id, answer: fromBinary(InvokeAnswerSchema, (await this.request(nodeId, 'invoke', bytes)).data) };
  }

  async cancel(nodeId: string, id: string) {
    const bytes = this.seal(nodeId, 'cancel', id, { case: 'cancel', value: { commandId: 'a-command' } });
    return fromBinary(CancelAnswerSchema, (await this.request(nodeId, 'cancel', bytes)).data);
  }

  settle(nodeId: string, id: string): void {
    const bytes = this.seal(nodeId, 'settled', id, { case: 'settled', value: {} });
    this.fleet.publish(subjects.node(nodeId, this.epochOf(nodeId), 'settled'), bytes);
  }

  request(nodeId: string, verb: NodeVerb, bytes: Uint8Array, epoch = this.epochOf(nodeId)) {
    return this.fleet.request(subjects.node(nodeId, epoch, verb), bytes, { timeout: 10_000 });
  }

  /** The same for what may get no answer: looks for one when it is called. */
  askWithoutWaiting(nodeId: string, verb: NodeVerb, bytes: Uint8Array, epoch: string): () => Uint8Array | undefined {
    const inbox = `_INBOX_plane-fleet.${randomUUID()}`;
    let answer: Uint8Array | undefined;
    this.fleet.subscribe(inbox, { callback: (_, message) => void (answer = message.data) });
    this.fleet.publish(subjects.node(nodeId, epoch, verb), bytes, { reply: inbox });
    return () => answer;
  }

  seal(
    nodeId: string,
    verb: NodeVerb,
    id: string,
    content: MessageInitShape<typeof NodeMessageSchema>['content'],
    other: { epoch?: string; key?: Uint8Array; validForMs?: number; traceparent?: string } = {},
  ): Uint8Array {
    return sealNodeMessage(other.key ?? this.keyOf(nodeId), 1, {
      nodeId,
      epoch: other.epoch ?? this.epochOf(nodeId),
      verb,
      invocationId: id,
      validForMs: BigInt(other.validForMs ?? 30_000),
      sealedAtMs: BigInt(Date.now()),
      content,
      traceparent: other.traceparent,
    });
  }

  private enrol(call: EnrolCall): { status: number; body: object } | undefined {
    const claim = Buffer.from(`muster-enrol\n${call.ActivationId}\n${call.PublicKey}\n${call.Fingerprint}`);
    const proven = verifyNkey('user', call.PublicKey, claim, Buffer.from(call.Proof, 'base64'));
    this.enrolments.push(call);
    if (!proven) return { status: 400, body: { __type: 'InvalidPublicKey', Message: 'The proof is wrong.' } };
    const other = this.enrolAnswer?.(call);
    if (this.enrolAnswer && (other === undefined || other.status !== 0)) return other;
    const nodeId = this.nodeIds.get(call.PublicKey) ?? `mi-${randomBytes(9).toString('hex').slice(0, 17)}`;
    this.nodeIds.set(call.PublicKey, nodeId);
    const { jwt, expiresAt } = this.credentialOf(nodeId, call.PublicKey);
    return {
      status: 200,
      body: {
        NodeId: nodeId,
        Account: '123456789012',
        Region: 'us-east-1',
        BusUrls: [this.test.natsUrl],
        Credential: jwt,
        CredentialExpiresAt: expiresAt.getTime() / 1000,
        NodeKey: Buffer.from(this.keyOf(nodeId)).toString('base64'),
        NodeKeyGeneration: 1,
      },
    };
  }

  private credentialOf(nodeId: string, publicKey: string): { jwt: string; expiresAt: Date } {
    const expiresAt = new Date(Date.now() + this.credentialLifeMs);
    const permissions = nodePermissions(nodeId);
    return {
      jwt: userJwt(this.test.deployment.accounts.fleet, { name: nodeId, publicKey, permissions, expiresAt }),
      expiresAt,
    };
  }

  private listen(): void {
    const hear = <T>(subject: string, take: (data: Uint8Array, subject: string) => T) =>
      this.core.subscribe(subject, {
        callback: (error, message) => {
          if (error) throw error;
          take(message.data, message.subject);
          this.heard.emit('something');
        },
      });
    this.core.subscribe('agent.*.hello', {
      callback: (_, message) => {
        const hello = fromBinary(HelloSchema, message.data);
        const epoch = randomUUID();
        const { refusal } = this;
        const answer = create(HelloAnswerSchema, {
          epoch: refusal ? '' : epoch,
          heartbeatEveryMs: 1_000n,
          refused: refusal,
        });
        message.respond(toBinary(HelloAnswerSchema, answer));
        if (!refusal) this.epochs.set(hello.nodeId, epoch);
        // An answer on the wire before anything is sent in its name.
        void this.core.flush().then(() => {
          this.hellos.push(hello);
          this.heard.emit('something');
        });
      },
    });
    this.core.subscribe('agent.*.renew', {
      callback: (_, message) => {
        const { nodeId, publicKey } = fromBinary(RenewRequestSchema, message.data);
        const { jwt, expiresAt } = this.credentialOf(nodeId, publicKey);
        message.respond(
          toBinary(RenewAnswerSchema, create(RenewAnswerSchema, { jwt, expiresAtMs: BigInt(expiresAt.getTime()) })),
        );
      },
    });
    hear('agent.*.heartbeat', (_, subject) => this.heartbeats.push(subject));
    hear('fleet.*.status', (data) => this.reports.push(fromBinary(StatusReportSchema, data)));
    hear('fleet.*.output', (data) => this.chunks.push(fromBinary(OutputChunkSchema, data)));
  }
}

/** The request to run a script. */
export function invokeOf(order: Order): MessageInitShape<typeof InvokeSchema> {
  const { commands, workingDirectory = '', executionTimeout = 3600 } = order;
  return {
    commandId: 'a-command',
    documentName: 'AWS-RunShellScript',
    documentVersion: '1',
    document: order.document ?? builtInDocument('AWS-RunShellScript')!.content,
    parameters: JSON.stringify(
      order.document ? {} : { commands, workingDirectory, executionTimeout: String(executionTimeout) },
    ),
    startWithinMs: BigInt(order.startWithinMs ?? 60_000),
    outputLimitBytes: BigInt(order.outputLimitBytes ?? 10_000_000),
    account: '123456789012',
    region: 'us-east-1',
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
