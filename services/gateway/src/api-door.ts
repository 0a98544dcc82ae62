import type { ApiError, OperationModel } from '@muster/aws-protocol';
import type { Caller } from '@muster/iam';
import { SpanKind, type Span, busyLog, contextFrom, withRequest, withSpan } from '@muster/telemetry';
import { Injectable } from '@nestjs/common';

import { type HttpAnswer, type HttpCall, headerOf } from './http-call.js';
import { asApiError, failure } from './steps/answer.js';
import { Authenticate } from './steps/authenticate.js';
import { Forward } from './steps/forward.js';
import { Limits } from './steps/limits.js';
import { type Understood, understand } from './steps/protocol.js';
import { StreamDoor } from './streams/stream-door.js';

const logger = busyLog('gateway.access');

/** The way of one API call: limits → protocol → authenticate → forward → answer. */
@Injectable()
export class ApiDoor {
  constructor(
    private readonly limits: Limits,
    private readonly authenticate: Authenticate,
    private readonly forward: Forward,
    private readonly streams: StreamDoor,
  ) {}

  /** Never rejects: whatever goes wrong is an answer. */
  answer(call: HttpCall): Promise<HttpAnswer> {
    const started = performance.now();
    const seen: Seen = {};
    return withRequest(call.requestId, () =>
      this.inSpan(call, seen, async (span) => {
        const answer = await this.way(call, seen).catch((error: unknown) => {
          seen.error = asApiError(error);
          return failure(call, seen.error, seen.operation?.service);
        });
        span.setAttribute('http.response.status_code', answer.status);
        record(call, seen, answer, performance.now() - started);
        return answer;
      }),
    );
  }

  private way(call: HttpCall, seen: Seen): Promise<HttpAnswer> {
    return this.limits.within(async () => {
      if (seen.trouble !== undefined) throw seen.trouble;
      const { operation, claim, body } = seen.understood!;
      seen.caller = await this.authenticate.caller(call, claim, operation);
      const door = operation.stream ? this.streams : this.forward;
      return door.ask(call, operation, body, seen.caller);
    });
  }

  /** What is asked must be known first: the span is named after it. */
  private inSpan<T>(call: HttpCall, seen: Seen, work: (span: Span) => Promise<T>): Promise<T> {
    try {
      seen.understood = understand(call);
      seen.operation = seen.understood.operation;
    } catch (error) {
      seen.trouble = error;
    }
    const name = seen.operation ? `${seen.operation.service.id}.${seen.operation.name}` : 'http.request';
    return withSpan(
      name,
      {
        kind: SpanKind.SERVER,
        parent: contextFrom(headerOf(call, 'traceparent'), headerOf(call, 'tracestate')),
        attributes: {
          'http.request.method': call.method,
          'url.path': call.path.slice(0, 256),
          'client.address': call.sourceIp,
          'user_agent.original': (headerOf(call, 'user-agent') ?? '').slice(0, 256),
          'muster.request_id': call.requestId,
        },
      },
      work,
    );
  }
}

/** What was found out on the way. */
interface Seen {
  understood?: Understood;
  trouble?: unknown;
  operation?: OperationModel;
  caller?: Caller | undefined;
  error?: ApiError;
}

function record(call: HttpCall, { operation, caller, error }: Seen, answer: HttpAnswer, tookMs: number): void {
  const name = operation ? `${operation.service.id}.${operation.name}` : undefined;
  logger.info(
    {
      operation: name,
      status: answer.status,
      error: error?.code,
      reason: error?.message,
      tookMs: Math.round(tookMs * 10) / 10,
      account: caller?.account,
      principal: caller?.arn,
      region: caller?.region,
      sourceIp: call.sourceIp,
      bytesIn: call.body.length,
      bytesOut: answer.body.length,
    },
    `${name ?? call.method} ${answer.status}`,
  );
}
