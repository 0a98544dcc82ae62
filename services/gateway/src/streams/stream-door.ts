import type { OperationModel } from '@muster/aws-protocol';
import { type ApiOutcome, ApiCalls, BusConnection, unavailable } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { subjects } from '@muster/contracts';
import type { Caller } from '@muster/iam';
import { Ids } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Inject, Injectable } from '@nestjs/common';

import type { GatewayConfig } from '../config.js';
import type { HttpAnswer, HttpCall } from '../http-call.js';
import { Forward } from '../steps/forward.js';
import { OpenStream, type StreamReader } from './open-stream.js';
import { type StreamMessage, streamMessage } from './stream-message.js';

const logger = log('gateway.streams');

/** Services give a stream up when they have not heard of it for a minute. */
const LEASE_MS = 60_000;
const CLOSE_DEADLINE_MS = 5_000;
/** Messages that may come between the opening and its answer. */
const MOST_EARLY = 1_000;

interface Asked {
  readonly call: HttpCall;
  readonly operation: OperationModel;
  readonly body: Uint8Array;
  readonly caller: Caller | undefined;
}

/**
 * Streams, as server-sent events. Which operations are streams the model says; what a stream says, its service. Here is what
 * all have in common: an inbox on the bus for each, beats, renewals, and the end of those who do not read.
 */
@Injectable()
export class StreamDoor {
  private readonly open = new Set<OpenStream>();
  private draining = false;
  private opening = 0;

  constructor(
    private readonly connection: BusConnection,
    private readonly forward: Forward,
    private readonly calls: ApiCalls,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: GatewayConfig,
  ) {}

  /** @throws ApiError as an ordinary call would. @returns the service's refusal, or an answer that goes on */
  async ask(
    call: HttpCall,
    operation: OperationModel,
    body: Uint8Array,
    caller: Caller | undefined,
  ): Promise<HttpAnswer> {
    if (this.draining) throw unavailable('This gateway is stopping: open the stream again.');
    if (this.open.size + this.opening >= this.config.maxStreams)
      throw unavailable('Too many streams are open: try again.');
    this.opening++;
    try {
      return await this.begin({ call, operation, body, caller });
    } finally {
      this.opening--;
    }
  }

  /** Says to everybody who reads that it is over here. */
  endAll(): void {
    this.draining = true;
    for (const each of [...this.open]) each.end('GatewayStopping', 'This gateway is stopping: open the stream again.');
  }

  private async begin(asked: Asked): Promise<HttpAnswer> {
    const id = Buffer.from(this.ids.random(16)).toString('hex');
    const early: StreamMessage[] = [];
    let take = (message: StreamMessage): void => {
      if (early.length < MOST_EARLY) early.push(message);
    };
    // Before it is asked for: what is said from the first moment on is heard.
    const inbox = this.connection.nats.subscribe(subjects.stream(id), {
      callback: (error, msg) => {
        const message = error ? undefined : streamMessage(msg.data);
        if (message) take(message);
        else logger.error({ err: error, operation: asked.operation.name }, 'a message of a stream cannot be read');
      },
    });
    try {
      const answer = await this.forward.ask(asked.call, asked.operation, asked.body, asked.caller, { act: 'open', id });
      const first = answer.status === 200 ? streamMessage(answer.body) : undefined;
      if (!first) {
        inbox.unsubscribe();
        if (answer.status === 200) throw new Error(`${asked.operation.name} opened a stream without a first message`);
        return answer;
      }
      const stream = this.made(asked, id, first, inbox);
      take = (message) => stream.take(message);
      for (const message of early) take(message);
      return {
        status: 200,
        contentType: 'text/event-stream',
        body: new Uint8Array(),
        goesOn: (reader: StreamReader) => stream.attach(reader),
      };
    } catch (error) {
      inbox.unsubscribe();
      throw error;
    }
  }

  private made(asked: Asked, id: string, first: StreamMessage, inbox: { unsubscribe(): void }): OpenStream {
    const { operation, caller, call } = asked;
    const stream = new OpenStream(first, {
      heartbeatMs: this.config.streamHeartbeatMs,
      renewMs: this.config.streamRenewMs,
      leaseMs: LEASE_MS,
      mostUnreadBytes: this.config.streamUnreadBytes,
      renew: async () => refusalIn(await this.tell(asked, id, 'renew', this.config.callDeadlineMs)),
      closed: ({ reason, sequence }) => {
        inbox.unsubscribe();
        this.open.delete(stream);
        logger.info(
          { operation: operation.name, principal: caller?.arn, reason, sequence, requestId: call.requestId },
          'a stream has ended',
        );
        // Not told, it ends by its lease.
        void this.tell(asked, id, 'close', CLOSE_DEADLINE_MS).catch(() => undefined);
      },
    });
    this.open.add(stream);
    return stream;
  }

  private tell(asked: Asked, id: string, act: 'renew' | 'close', deadlineMs: number): Promise<ApiOutcome> {
    const { call, operation, body, caller } = asked;
    return this.calls.ask({
      service: operation.service.id,
      operation: operation.name,
      ...(caller ? { caller } : {}),
      requestId: call.requestId,
      body,
      deadlineMs,
      stream: { act, id },
    });
  }
}

/** @throws when nobody answered, or could */
function refusalIn(outcome: ApiOutcome): string | undefined {
  if (outcome.kind !== 'answered' || outcome.status >= 500) throw new Error('nobody can say whether it may go on');
  if (outcome.status === 200) return undefined;
  try {
    const error = JSON.parse(Buffer.from(outcome.body).toString('utf8')) as { message?: string; Message?: string };
    return error.message ?? error.Message ?? 'The service has ended the stream.';
  } catch {
    return 'The service has ended the stream.';
  }
}
