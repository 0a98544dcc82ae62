import type { DescMessage, DescMethodUnary } from '@bufbuild/protobuf';
import type { EventKind, FleetTopic } from '@muster/contracts';
import { Injectable, SetMetadata, applyDecorators } from '@nestjs/common';

/** Metadata key under which a class carries its mark. */
export const MARK = 'muster:mark';

export interface OperationMark {
  readonly kind: 'operation';
  /** Model id: `ssm`, `sts`, `iam`, `muster`. */
  readonly service: string;
  readonly operation: string;
  /** Reached by unsigned calls, on `public.<service>.<Operation>`: no caller, no decision. */
  readonly public: boolean;
  /** Signed, but every principal may, as AWS says of `sts:GetCallerIdentity`. */
  readonly needsNoPermission: boolean;
  /** It changes something by other means than `UnitOfWork.commit`: its audit is kept before it is handled. */
  readonly audits: boolean;
}

export interface RpcMark {
  readonly kind: 'rpc';
  readonly method: DescMethodUnary;
}

/** Where a durable consumer reads: events of one type, or what nodes publish on one topic. */
export type Source =
  | { readonly kind: 'event'; readonly event: EventKind }
  | { readonly kind: 'fleet'; readonly topic: FleetTopic; readonly schema: DescMessage };

export interface ConsumesMark {
  readonly kind: 'consumes';
  readonly source: Source;
  /** `<service>-<what it does>`, as its file. */
  readonly durable: string;
  /** Most messages handed to `handle` at once. */
  readonly batch: number;
  /** How long a batch may wait for more, milliseconds. */
  readonly gatherMs: number;
  /** One replica at a time, so that messages are handled in the order of the stream. */
  readonly alone: boolean;
}

export interface HearsMark {
  readonly kind: 'hears';
  /** Core subject, may hold wildcards. */
  readonly subject: string;
  /** How long to gather, milliseconds. */
  readonly everyMs: number;
  readonly max: number;
  /** Every replica hears everything, instead of one of the queue group. */
  readonly everyReplica: boolean;
}

export interface SweepsMark {
  readonly kind: 'sweeps';
  readonly everyMs: number;
  /** Advisory lock: one replica at a time. */
  readonly lock: string;
}

export type Mark = OperationMark | RpcMark | ConsumesMark | HearsMark | SweepsMark;

function mark(value: Mark): ClassDecorator {
  return applyDecorators(Injectable(), SetMetadata(MARK, value)) as ClassDecorator;
}

/** An operation of an API model: the class implements `Handles`. */
export function Operation(
  service: string,
  operation: string,
  options: { public?: boolean; needsNoPermission?: boolean; audits?: boolean } = {},
): ClassDecorator {
  return mark({
    kind: 'operation',
    service,
    operation,
    public: options.public ?? false,
    needsNoPermission: options.needsNoPermission ?? false,
    audits: options.audits ?? false,
  });
}

/** A method for other services, on `rpc.<service>.<method>`: the class implements `HandlesRpc`. */
export function Rpc(method: DescMethodUnary): ClassDecorator {
  return mark({ kind: 'rpc', method });
}

/** A durable consumer: the class implements `ConsumesEvents` or `ConsumesFleet`. */
export function Consumes(
  source: EventKind | { topic: FleetTopic; schema: DescMessage },
  options: { durable: string; batch?: number; gatherMs?: number; alone?: boolean },
): ClassDecorator {
  return mark({
    kind: 'consumes',
    source: 'what' in source ? { kind: 'event', event: source } : { kind: 'fleet', ...source },
    durable: options.durable,
    batch: options.batch ?? 1,
    gatherMs: options.gatherMs ?? 20,
    alone: options.alone ?? false,
  });
}

/** Core messages, gathered into batches: the class implements `HearsMessages`. */
export function Hears(
  subject: string,
  options: { everyMs: number; max?: number; everyReplica?: boolean },
): ClassDecorator {
  return mark({
    kind: 'hears',
    subject,
    everyMs: options.everyMs,
    max: options.max ?? 1000,
    everyReplica: options.everyReplica ?? false,
  });
}

/** Work that time starts, one replica at a time: the class implements `Sweeping`. */
export function Sweeps(options: { everyMs: number; lock: string }): ClassDecorator {
  return mark({ kind: 'sweeps', ...options });
}
