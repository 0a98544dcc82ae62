import {
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  create,
  fromBinary,
  toBinary,
} from '@bufbuild/protobuf';
import { ApiError, type ApiErrorCode } from '@muster/aws-protocol';
import { SpanKind, injectTrace, requestId, withSpan } from '@muster/telemetry';
import { type Msg, type MsgHdrs, NoRespondersError, RequestError, headers } from '@nats-io/transport-node';

import type { BusConnection } from './bus-connection.js';
import { Bus } from './bus.js';
import { currentDeadline } from './deadline.js';
import { HEADER } from './headers.js';
import { backOff, pause } from './pause.js';
import { rpcSubject } from './rpc-subject.js';
import { unavailable } from './unavailable.js';

const DEFAULT_DEADLINE_MS = 5_000;
/** A service that restarts is away for a moment; "no responders" is a definite no, so asking again is safe. */
const TRIES = 4;

/** `Bus` over the connection inside CORE. */
export class NatsBus extends Bus {
  constructor(private readonly core: BusConnection) {
    super();
  }

  override async rpc<M extends DescMethodUnary>(
    method: M,
    request: MessageInitShape<M['input']>,
    how: { deadlineMs?: number; signal?: AbortSignal } = {},
  ): Promise<MessageShape<M['output']>> {
    const subject = rpcSubject(method);
    const left = Math.min(how.deadlineMs ?? DEFAULT_DEADLINE_MS, currentDeadline()?.remainingMs() ?? Infinity);
    if (left <= 0) throw unavailable(`${subject} was not asked: the deadline is over.`);

    return withSpan(subject, { kind: SpanKind.CLIENT }, async () => {
      const body = toBinary(method.input, create(method.input, request) as MessageShape<M['input']>);
      const reply = await this.ask(subject, body, performance.now() + left, how.signal);
      const refusal = refusalOf(reply.headers);
      if (refusal) throw refusal;
      return fromBinary(method.output, reply.data) as MessageShape<M['output']>;
    });
  }

  override publish(subject: string, data: Uint8Array): void {
    // While the bus is away the client would throw it away silently at the next attempt; it is the same here, but said.
    if (this.core.isUp) this.core.nats.publish(subject, data);
  }

  private async ask(subject: string, body: Uint8Array, end: number, signal?: AbortSignal): Promise<Msg> {
    for (let attempt = 0; ; attempt++) {
      const left = Math.floor(end - performance.now());
      if (left <= 0 || signal?.aborted) throw unavailable(`Nobody answered ${subject} in time.`);
      if (!this.core.isUp) {
        await Promise.race([this.core.whenUp(signal), pause(left, signal)]);
        continue;
      }
      try {
        return await this.core.request(subject, body, { timeout: left, headers: requestHeaders(left) });
      } catch (cause) {
        if (!saysNobody(cause) || attempt + 1 >= TRIES) throw unavailable(`Nobody answered ${subject}.`, cause);
        await pause(Math.min(left, backOff(attempt, 50, 400)), signal);
      }
    }
  }
}

function requestHeaders(leftMs: number): MsgHdrs {
  const set = headers();
  set.set(HEADER.deadlineMs, String(leftMs));
  const id = requestId();
  if (id !== undefined) set.set(HEADER.requestId, id);
  injectTrace(set);
  return set;
}

function refusalOf(set: MsgHdrs | undefined): ApiError | undefined {
  const code = set?.get(HEADER.errorCode);
  if (!code) return undefined;
  const message = decodeURIComponent(set!.get(HEADER.errorMessage));
  return new ApiError(code as ApiErrorCode, message, { status: Number(set!.get(HEADER.errorStatus)) || 400 });
}

/** Nobody listens there: a definite no, not a silence. */
export function saysNobody(error: unknown): boolean {
  return error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders());
}
