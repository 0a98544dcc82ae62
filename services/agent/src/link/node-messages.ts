import { create, toBinary } from '@bufbuild/protobuf';
import {
  CancelAnswer_State,
  CancelAnswerSchema,
  InvokeAnswer_Verdict,
  InvokeAnswerSchema,
  isToken,
  type NodeMessage,
  type NodeVerb,
} from '@muster/contracts';
import { openNodeMessage } from '@muster/keys';
import type { Logger } from '@muster/telemetry';
import type { Msg } from '@nats-io/transport-node';

import type { NodeWork } from './node-work.js';

const verbs: readonly string[] = ['invoke', 'cancel', 'settled'] satisfies NodeVerb[];

/** Why messages were dropped, and how often. */
export type Dropped = Readonly<Record<string, number>>;

/**
 * What arrives on `node.<id>.>`. Anybody who can steer a reply can make something arrive there: whatever is not authentic, or not for this node and
 * the epoch that it was granted, is dropped, counted, and not answered.
 */
export class NodeMessages {
  private readonly counts: Record<string, number> = {};
  private lastTotal = 0;

  constructor(
    private readonly nodeId: string,
    private readonly epoch: () => string | undefined,
    private readonly keyOf: (generation: number) => Uint8Array | undefined,
    private readonly work: NodeWork,
    private readonly log: Logger,
    private readonly uptimeMs: () => number,
  ) {}

  get dropped(): Dropped {
    return this.counts;
  }

  /** Whether something was dropped since this was asked last. */
  changed(): boolean {
    const total = Object.values(this.counts).reduce((sum, count) => sum + count, 0);
    const changed = total !== this.lastTotal;
    this.lastTotal = total;
    return changed;
  }

  async handle(message: Msg): Promise<void> {
    const arrivedAt = this.uptimeMs();
    const [, , epoch = '', verb = ''] = message.subject.split('.');
    if (!verbs.includes(verb)) return this.drop('unknown verb', message.subject);
    const opened = openNodeMessage(message.data, { nodeId: this.nodeId, epoch, verb: verb as NodeVerb }, this.keyOf);
    if ('refused' in opened) return this.drop(opened.refused, message.subject);
    // The answer to our hello may lie in the same packet: it is taken in first.
    if (epoch !== this.epoch()) await new Promise(setImmediate);
    if (epoch !== this.epoch()) {
      // Authentic, so the sender is ours, and late: a definite no is worth more to it than silence.
      this.refuse(message, verb as NodeVerb);
      return this.drop('not the epoch of now', message.subject);
    }
    if (!isToken(opened.message.invocationId)) return this.drop('not an invocation id', message.subject);
    const stillValid = () => this.uptimeMs() - arrivedAt <= Number(opened.message.validForMs);
    try {
      await this.act(opened.message, message, stillValid);
    } catch (err) {
      // No answer: the control plane asks again, and it is the same invocation.
      this.log.error({ err, invocationId: opened.message.invocationId, verb }, 'a request of the control plane failed');
    }
  }

  private async act(message: NodeMessage, from: Msg, stillValid: () => boolean): Promise<void> {
    const id = message.invocationId;
    if (!stillValid()) return this.drop('not valid any more', from.subject);
    switch (message.content.case) {
      case 'invoke': {
        const answer = await this.work.invoke(id, message.content.value, message.traceparent);
        from.respond(toBinary(InvokeAnswerSchema, answer));
        return;
      }
      case 'cancel':
        from.respond(toBinary(CancelAnswerSchema, await this.work.cancel(id)));
        return;
      case 'settled':
        return this.work.settled(id);
      default:
        return this.drop('no content', from.subject);
    }
  }

  private refuse(message: Msg, verb: NodeVerb): void {
    const reason = 'Another epoch was granted, or none.';
    if (verb === 'invoke') {
      const answer = create(InvokeAnswerSchema, { verdict: InvokeAnswer_Verdict.REFUSED, reason });
      message.respond(toBinary(InvokeAnswerSchema, answer));
    } else if (verb === 'cancel') {
      message.respond(toBinary(CancelAnswerSchema, create(CancelAnswerSchema, { state: CancelAnswer_State.REFUSED })));
    }
  }

  private drop(reason: string, subject: string): void {
    const count = (this.counts[reason] = (this.counts[reason] ?? 0) + 1);
    // A flood of forgeries must not fill the disk with log lines: the first, then every power of two.
    if ((count & (count - 1)) === 0)
      this.log.warn({ reason, subject, count }, 'a message on a node subject was dropped');
  }
}
