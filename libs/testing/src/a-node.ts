import { createHash, randomBytes } from 'node:crypto';

import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  CancelAnswer_State as CancelState,
  CancelAnswerSchema,
  InvokeAnswer_Verdict as Verdict,
  InvokeAnswerSchema,
  OutputChunk_Stream as OutputStream,
  OutputChunkSchema,
  StatusReport_Outcome as Outcome,
  StatusReport_Phase as Phase,
  StatusReportSchema,
  subjects,
  type FleetTopic,
  type NodeMessage,
  type NodeVerb,
} from '@muster/contracts';
import { deriveNodeKey, nodePermissions, openNodeMessage } from '@muster/keys';
import type { Msg, NatsConnection } from '@nats-io/transport-node';

import { Arrivals } from './arrivals.js';
import type { TestDeployment } from './test-deployment.js';

/** How a test node answers what it is asked. `silence`: it got the message and says nothing. */
export type NodeAnswer = { readonly verdict: Verdict; readonly reason?: string } | 'silence';

/** What a test node reports about a script. */
export interface Result {
  readonly outcome?: Outcome;
  readonly exitCode?: number;
  readonly stdout?: Uint8Array | string;
  readonly stderr?: Uint8Array | string;
  readonly reason?: string;
  readonly step?: string;
}

const HEAD_BYTES = { stdout: 96_000, stderr: 32_000 };

/**
 * A node that runs nothing: it has a real credential and speaks the real protocol, and the test says what it answers and
 * reports. For what a real agent never does; all else is tried with `muster-agent simulate`.
 */
export async function aNode(deployment: TestDeployment, some: { readonly fleetSecret: Uint8Array }): Promise<TestNode> {
  const id = `mi-${randomBytes(9).toString('hex').slice(0, 17)}`;
  const connection = await deployment.connectAs('fleet', id, nodePermissions(id));
  return new TestNode(id, connection, some.fleetSecret);
}

export class TestNode {
  readonly keyGeneration = 1;
  /** Messages that were sealed with its key, in their order. */
  readonly messages = new Arrivals<NodeMessage>();
  /** What it answers to a request to run something. */
  onInvoke: (message: NodeMessage) => NodeAnswer = () => ({ verdict: Verdict.ACCEPTED });
  /** What it answers to a cancelling; undefined: nothing. */
  onCancel: (message: NodeMessage) => CancelState | undefined = () => CancelState.STOPPING;
  /** Undefined while it is not connected. */
  epoch: string | undefined;
  private subscription: { unsubscribe(): void } | undefined;

  constructor(
    readonly id: string,
    private readonly connection: NatsConnection,
    private readonly fleetSecret: Uint8Array,
  ) {}

  /** Begins to listen, in a new epoch. */
  async connect(): Promise<void> {
    this.epoch = randomBytes(6).toString('hex');
    this.subscription = this.connection.subscribe(`node.${this.id}.${this.epoch}.*`, {
      callback: (_error, msg) => this.take(msg),
    });
    await this.connection.flush();
  }

  /** Stops listening: from now on the broker says that nobody is there. */
  async disconnect(): Promise<void> {
    this.subscription?.unsubscribe();
    this.epoch = undefined;
    await this.connection.flush();
  }

  /** The next message of that kind that nobody took. */
  next(verb: NodeVerb, match: (message: NodeMessage) => boolean = () => true): Promise<NodeMessage> {
    return this.messages.next((message) => message.verb === verb && match(message));
  }

  /** How often something was asked of it. */
  count(verb: NodeVerb): number {
    return this.messages.all.filter((message) => message.verb === verb).length;
  }

  /** Reports that a script began. Resolves when the broker has it. */
  started(invocationId: string): Promise<void> {
    return this.report({ invocationId, phase: Phase.STARTED, startedAtMs: BigInt(Date.now()) });
  }

  /** Reports how a script ended. Resolves when the broker has it. */
  finished(invocationId: string, result: Result = {}): Promise<void> {
    const { outcome = Outcome.SUCCESS, exitCode = 0, step = 'runShellScript' } = result;
    const now = BigInt(Date.now());
    const didNotRun = outcome === Outcome.NOT_STARTED || outcome === Outcome.TOO_LATE;
    return this.report({
      invocationId,
      phase: Phase.FINISHED,
      outcome,
      reason: result.reason ?? '',
      ...(didNotRun ? {} : { startedAtMs: now - 20n }),
      finishedAtMs: now,
      steps: didNotRun
        ? []
        : [
            {
              name: step,
              plugin: 'aws:runShellScript',
              outcome,
              exitCode,
              startedAtMs: now - 20n,
              finishedAtMs: now,
              stdout: streamOf(result.stdout, HEAD_BYTES.stdout),
              stderr: streamOf(result.stderr, HEAD_BYTES.stderr),
            },
          ],
    });
  }

  /** Publishes any report, as this node. */
  report(report: MessageInitShape<typeof StatusReportSchema>): Promise<void> {
    const message = create(StatusReportSchema, { nodeId: this.id, ...report });
    return this.publish('status', toBinary(StatusReportSchema, message));
  }

  /** Publishes a part of what a script wrote to stdout. */
  output(invocationId: string, offset: number, data: Uint8Array, step = 'runShellScript'): Promise<void> {
    const message = create(OutputChunkSchema, {
      nodeId: this.id,
      invocationId,
      step,
      stream: OutputStream.STDOUT,
      offset: BigInt(offset),
      data,
    });
    return this.publish('output', toBinary(OutputChunkSchema, message));
  }

  private async publish(topic: FleetTopic, data: Uint8Array): Promise<void> {
    // The stream's acknowledgement: it is stored.
    await this.connection.request(subjects.fleet(this.id, topic), data, { timeout: 10_000 });
  }

  private take(msg: Msg): void {
    const verb = msg.subject.split('.')[3] as NodeVerb;
    const opened = openNodeMessage(msg.data, { nodeId: this.id, epoch: this.epoch ?? '', verb }, (generation) =>
      deriveNodeKey(this.fleetSecret, this.id, generation),
    );
    if ('refused' in opened) return;
    this.messages.push(opened.message);
    if (verb === 'invoke') {
      const answer = this.onInvoke(opened.message);
      if (answer !== 'silence') msg.respond(toBinary(InvokeAnswerSchema, create(InvokeAnswerSchema, answer)));
    } else if (verb === 'cancel') {
      const state = this.onCancel(opened.message);
      if (state !== undefined) msg.respond(toBinary(CancelAnswerSchema, create(CancelAnswerSchema, { state })));
    }
  }
}

function streamOf(content: Uint8Array | string = '', headBytes: number) {
  const bytes = Buffer.from(content as string);
  return {
    head: bytes.subarray(0, headBytes),
    length: BigInt(bytes.length),
    sha256: createHash('sha256').update(bytes).digest(),
    cut: false,
  };
}
