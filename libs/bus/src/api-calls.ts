import { subjects } from '@muster/contracts';
import type { Caller } from '@muster/iam';
import { injectTrace } from '@muster/telemetry';
import { headers } from '@nats-io/transport-node';

import type { BusConnection } from './bus-connection.js';
import type { CallSeals } from './call-seals.js';
import type { StreamCall } from './call.js';
import { HEADER } from './headers.js';
import type { WireAnswer } from './operation-host.js';
import type { KnownOperations } from './operations-bucket.js';

/** An API call as the gateway hands it on: raw bytes, and what it found out about who asks. */
export interface ApiCall {
  readonly service: string;
  readonly operation: string;
  /** Absent: unsigned, to an operation on `public.`. */
  readonly caller?: Caller;
  readonly requestId: string;
  readonly body: Uint8Array;
  readonly deadlineMs: number;
  /** The call is about a stream. */
  readonly stream?: { readonly act: StreamCall['act']; readonly id: string };
  /** `amz-sdk-invocation-id` */
  readonly invocationId?: string | undefined;
}

/** What came of a call. `away`: the operation exists, but nobody answered in time; `unknown`: nobody has ever answered it. */
export type ApiOutcome =
  | ({ readonly kind: 'answered' } & WireAnswer)
  | { readonly kind: 'away'; readonly cause?: unknown }
  | { readonly kind: 'unknown' };

/** For the gateway: asks operations. Only its bus user may, and only what it sealed is believed. */
export class ApiCalls {
  constructor(
    private readonly core: BusConnection,
    private readonly known: KnownOperations,
    private readonly seals: CallSeals,
  ) {}

  async ask(call: ApiCall): Promise<ApiOutcome> {
    if (!this.core.isUp) return { kind: 'away' };
    try {
      const owner = await this.known.ownerOf(call.service, call.operation);
      return owner === undefined ? { kind: 'unknown' } : await this.askOwner(call, owner);
    } catch (cause) {
      // When the bucket cannot be asked nothing is known: "away", which clients try again, is the honest answer. Whoever
      // does not answer may not be the owner any more.
      this.known.forget(call.service, call.operation);
      return { kind: 'away', cause };
    }
  }

  private async askOwner(call: ApiCall, owner: string): Promise<ApiOutcome> {
    const subject = (call.caller ? subjects.api : subjects.public)(call.service, call.operation);
    const set = headersOf(call);
    this.seals.for(owner).seal(subject, set, call.body);
    const reply = await this.core.request(subject, call.body, { timeout: call.deadlineMs, headers: set });
    return {
      kind: 'answered',
      status: Number(reply.headers?.get(HEADER.status)),
      contentType: reply.headers?.get(HEADER.contentType) ?? '',
      body: reply.data,
    };
  }
}

function headersOf(call: ApiCall) {
  const set = headers();
  if (call.caller) set.set(HEADER.caller, Buffer.from(JSON.stringify(call.caller)).toString('base64'));
  set.set(HEADER.requestId, call.requestId);
  set.set(HEADER.deadlineMs, String(call.deadlineMs));
  if (call.invocationId) set.set(HEADER.invocationId, call.invocationId);
  if (call.stream) set.set(HEADER.stream, `${call.stream.act} ${call.stream.id}`);
  injectTrace(set);
  return set;
}
