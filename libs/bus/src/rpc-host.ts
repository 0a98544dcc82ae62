import { type DescMethodUnary, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ApiError } from '@muster/aws-protocol';
import { type Logger, SpanKind, contextFrom, withRequest, withSpan } from '@muster/telemetry';
import { type Msg, type MsgHdrs, headers } from '@nats-io/transport-node';

import { withDeadline } from './deadline.js';
import type { HandlesRpc } from './doors.js';
import { HEADER } from './headers.js';
import type { RpcMark } from './marks.js';
import type { Marked } from './marked-doors.js';
import { rpcSubject } from './rpc-subject.js';
import { NoSlot, type Slots } from './slots.js';
import { isAway, unavailable } from './unavailable.js';

const DEFAULT_DEADLINE_MS = 5_000;

/** Protobuf both ways; an `ApiError` arrives at the asker as it was thrown. */
export class RpcHost {
  readonly subject: string;
  private readonly method: DescMethodUnary;
  private readonly handler: HandlesRpc<DescMethodUnary>;

  constructor(
    door: Marked<RpcMark, HandlesRpc<never>>,
    private readonly slots: Slots,
    private readonly logger: Logger,
  ) {
    this.method = door.mark.method;
    this.subject = rpcSubject(door.mark.method);
    this.handler = door.instance as unknown as HandlesRpc<DescMethodUnary>;
  }

  /** Never rejects. */
  async answer(msg: Pick<Msg, 'data' | 'headers'>): Promise<{ body: Uint8Array; headers?: MsgHdrs }> {
    const span = { kind: SpanKind.SERVER, parent: contextFrom(msg.headers?.get(HEADER.traceparent) || undefined) };
    return withRequest(msg.headers?.get(HEADER.requestId) ?? '', async () => {
      try {
        return { body: await withSpan(this.subject, span, () => this.whenThereIsRoom(msg)) };
      } catch (error) {
        return { body: new Uint8Array(), headers: this.refusal(error) };
      }
    });
  }

  private async whenThereIsRoom(msg: Pick<Msg, 'data' | 'headers'>): Promise<Uint8Array> {
    const ms = Number(msg.headers?.get(HEADER.deadlineMs)) || DEFAULT_DEADLINE_MS;
    return withDeadline(ms, (deadline) =>
      this.slots.run(async () => {
        if (deadline.signal.aborted) throw unavailable(`${this.subject} waited too long for its turn.`);
        const request = fromBinary(this.method.input, msg.data);
        const answer = await this.handler.handle(request, { signal: deadline.signal });
        return toBinary(this.method.output, create(this.method.output, answer));
      }),
    );
  }

  private refusal(error: unknown): MsgHdrs {
    const api = this.asApiError(error);
    const set = headers();
    set.set(HEADER.errorCode, api.code);
    // Headers are one line of ASCII; messages name things that users named.
    set.set(HEADER.errorMessage, encodeURIComponent(api.message));
    set.set(HEADER.errorStatus, String(api.status));
    return set;
  }

  private asApiError(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    if (error instanceof NoSlot) return unavailable(`${this.subject} has too much to do.`);
    if (isAway(error)) return unavailable(`${this.subject} cannot reach its data.`, error);
    this.logger.error({ err: error, subject: this.subject }, 'an rpc failed, and the fault is ours');
    return new ApiError('InternalServerError', `${this.subject} failed.`, { status: 500 });
  }
}
