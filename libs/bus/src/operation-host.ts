import { createHash } from 'node:crypto';

import { ApiError, type OperationModel, encodeError, serviceModel } from '@muster/aws-protocol';
import { subjects } from '@muster/contracts';
import type { Caller, Resource } from '@muster/iam';
import { AnsweredBefore, type Audit, type Persistence } from '@muster/persistence';
import { type Logger, SpanKind, contextFrom, withRequest, withSpan } from '@muster/telemetry';
import type { MsgHdrs } from '@nats-io/transport-node';

import type { Authority } from './authority.js';
import { CallAudit } from './call-audit.js';
import type { Acted, Call, Handles, RetryKey, StreamCall } from './call.js';
import { type Deadline, withDeadline } from './deadline.js';
import { HEADER } from './headers.js';
import type { OperationMark } from './marks.js';
import type { Marked } from './marked-doors.js';
import { NoSlot, type Slots } from './slots.js';
import { isAway, unavailable } from './unavailable.js';

/** Longest that a call is worked on when nobody says how long it is waited for. */
const DEFAULT_DEADLINE_MS = 30_000;

/** An answer as it goes back over the bus. */
export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What all operations of a service share. */
export interface OperationSurroundings {
  readonly regions: readonly string[];
  readonly authority: Authority;
  readonly slots: Slots;
  /** Where answers of retried calls are remembered and what was done is written down. */
  readonly persistence?: Pick<Persistence, 'unitOfWork' | 'auditTrail' | 'clock' | 'ids'> | undefined;
  readonly logger: Logger;
}

/** Everything that is the same for every operation: from bytes to `load` and from `handle` to bytes. */
export class OperationHost {
  private readonly model: OperationModel;
  private readonly action: string;

  constructor(
    private readonly door: Marked<OperationMark, Handles<object, never, object>>,
    private readonly around: OperationSurroundings,
  ) {
    this.model = serviceModel(door.mark.service as never).operations.get(door.mark.operation)!;
    this.action = `${this.model.service.signingName}:${this.model.name}`;
  }

  /** Never rejects: whatever goes wrong is an answer. */
  async answer(body: Uint8Array, headers: MsgHdrs | undefined): Promise<WireAnswer> {
    const requestId = headers?.get(HEADER.requestId) || '';
    const name = `${this.model.service.id}.${this.model.name}`;
    const span = {
      kind: SpanKind.SERVER,
      parent: contextFrom(headers?.get(HEADER.traceparent) || undefined),
      attributes: { 'muster.request_id': requestId },
    };
    return withRequest(requestId, async () => {
      try {
        return await withSpan(name, span, () => this.whenThereIsRoom(body, headers, requestId));
      } catch (error) {
        return this.encodeFailure(error, requestId);
      }
    });
  }

  private async whenThereIsRoom(body: Uint8Array, headers: MsgHdrs | undefined, requestId: string) {
    const ms = Number(headers?.get(HEADER.deadlineMs)) || DEFAULT_DEADLINE_MS;
    return withDeadline(ms, (deadline) =>
      this.around.slots.run(() => {
        // Nobody waits for it any more: a start now could only do harm.
        if (deadline.signal.aborted) throw unavailable('The request waited too long for its turn.');
        return this.work(body, headers, requestId, deadline);
      }),
    );
  }

  private async work(body: Uint8Array, headers: MsgHdrs | undefined, requestId: string, deadline: Deadline) {
    const caller = this.door.mark.public ? ANONYMOUS : callerOf(headers);
    if (!this.door.mark.public && !this.around.regions.includes(caller.region)) {
      throw new ApiError('UnrecognizedClientException', `The region ${caller.region} is not served here.`);
    }
    const input = this.model.decode(body);
    this.model.validate(input);

    const audit = this.auditOf(caller, requestId);
    const decisions = new Decisions(caller, this.action, this.around.authority, audit);
    const call: Call = {
      caller,
      account: caller.account,
      region: caller.region,
      requestId,
      action: this.action,
      ...(this.model.stream ? streamOf(headers) : retryOf(caller, this.action, body, headers)),
      ...(audit && { audit }),
      signal: deadline.signal,
      mayAct: (resources, how) => decisions.mayAct(resources, how),
    };
    const output = await this.audited(audit, () => this.onceOnly(input, call, decisions));
    return { status: 200, ...this.model.encode(output, requestId) };
  }

  /** Who asks nobody knows (on `public.`), or nothing can be kept: then a start with such operations was refused. */
  private auditOf(caller: Caller, requestId: string): CallAudit | undefined {
    const { persistence } = this.around;
    return this.door.mark.public || !persistence
      ? undefined
      : new CallAudit(this.model, caller, requestId, persistence);
  }

  /** What was refused or decrypted is written down before it is answered; when that fails, so does the call. */
  private async audited(audit: CallAudit | undefined, work: () => Promise<object>): Promise<object> {
    if (!audit) return work();
    let output: object;
    try {
      output = await work();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'AccessDeniedException') {
        audit.denied(error.message);
        await this.keep(audit);
      }
      throw error;
    }
    if (audit.mustBeKept) await this.keep(audit);
    return output;
  }

  private async keepNow({ audit }: Call): Promise<void> {
    if (audit) await this.keep(audit);
  }

  private keep(audit: Audit): Promise<void> {
    return this.around.persistence!.auditTrail.keep(audit);
  }

  /** A repeated call may find its own work done, such as a thing deleted: then it has its answer, and that is repeated. */
  private async onceOnly(input: object, call: Call, decisions: Decisions): Promise<object> {
    try {
      return await this.decideAndHandle(input, call, decisions);
    } catch (error) {
      if (error instanceof AnsweredBefore) return error.answer;
      const answer = mayBeRepeated(error) ? await this.around.persistence?.unitOfWork.answerOf(call) : undefined;
      if (answer) return answer;
      throw error;
    }
  }

  private async decideAndHandle(input: object, call: Call, decisions: Decisions): Promise<object> {
    const { instance, mark, name } = this.door;
    const loaded: Acted = await instance.load(input as never, call);
    if (!mark.public && !mark.needsNoPermission && !loaded.decidesLater) await decisions.demand(loaded.on);
    if (mark.audits && !loaded.decidesLater) await this.keepNow(call);
    const output = await instance.handle(input as never, loaded as never, call);
    if (loaded.decidesLater && !decisions.asked) throw new Error(`${name} answered without asking call.mayAct`);
    if (mark.audits && loaded.decidesLater) await this.keepNow(call);
    return output;
  }

  private encodeFailure(error: unknown, requestId: string): WireAnswer {
    return encodeError(this.model.service.protocol, this.asApiError(error), requestId, this.model.service);
  }

  private asApiError(error: unknown): ApiError {
    if (error instanceof ApiError && error.code !== 'ServiceUnavailable') return error;
    if (error instanceof NoSlot) return unavailable('Too many requests are waiting: try again.');
    if (isAway(error)) {
      this.around.logger.warn({ err: error, action: this.action }, 'something that is needed is away');
      return error instanceof ApiError ? error : unavailable('The service cannot reach its data: try again.', error);
    }
    this.around.logger.error({ err: error, action: this.action }, 'a call failed, and the fault is ours');
    return new ApiError('InternalServerError', 'An error occurred on the server side.');
  }
}

/** The decisions on one call. */
class Decisions {
  asked = false;

  constructor(
    private readonly caller: Caller,
    private readonly action: string,
    private readonly authority: Authority,
    private readonly audit: CallAudit | undefined,
  ) {}

  async demand(resources: readonly Resource[]): Promise<void> {
    const decision = await this.authority.decide(this.caller, this.action, resources);
    this.audit?.decided(decision, this.action, resources);
    if (!decision.allowed) throw new ApiError('AccessDeniedException', decision.message);
  }

  async mayAct<R extends Resource>(resources: readonly R[], how?: { demand: boolean }): Promise<R[]> {
    this.asked = true;
    if (how?.demand) {
      await this.demand(resources);
      return [...resources];
    }
    const verdicts = await this.authority.verdicts(this.caller, this.action, resources);
    return resources.filter((resource, index) => {
      const verdict = verdicts[index]!;
      // What a list leaves out was not refused.
      if (verdict.allowed) this.audit?.decided(verdict, this.action, [resource]);
      return verdict.allowed;
    });
  }
}

/** Who may not do it any more is not told again either, nor is anybody of whom it could not be decided. */
function mayBeRepeated(error: unknown): boolean {
  return error instanceof ApiError && error.code !== 'AccessDeniedException' && !isAway(error);
}

const ANONYMOUS: Caller = { account: '', region: '', arn: '', userId: '', kind: 'Anonymous' };

function callerOf(headers: MsgHdrs | undefined): Caller {
  const text = headers?.get(HEADER.caller);
  if (!text) throw new Error(`a request came without ${HEADER.caller}: only the gateway may ask here`);
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Caller;
}

function streamOf(headers: MsgHdrs | undefined): { stream: StreamCall } {
  const [, act, id] = /^(open|renew|close) ([A-Za-z0-9_-]{16,64})$/.exec(headers?.get(HEADER.stream) ?? '') ?? [];
  if (!act || !id) throw new Error(`a stream was asked for without ${HEADER.stream}`);
  return { stream: { act: act as StreamCall['act'], subject: subjects.stream(id) } };
}

function retryOf(
  caller: Caller,
  operation: string,
  body: Uint8Array,
  headers: MsgHdrs | undefined,
): { retry?: RetryKey } {
  const invocationId = headers?.get(HEADER.invocationId);
  if (!invocationId) return {};
  const bodyHash = createHash('sha256').update(body).digest('hex');
  // An assumed role's sessions share policies, not calls: the ARN holds the session.
  // State is apart by region, and so are answers.
  return { retry: { principal: caller.arn, operation: `${operation} ${caller.region}`, bodyHash, invocationId } };
}
