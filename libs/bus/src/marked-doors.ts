import { serviceModel } from '@muster/aws-protocol';
import { subjects } from '@muster/contracts';

import type { Handles } from './call.js';
import type { ConsumesEvents, ConsumesFleet, HandlesRpc, HearsMessages, Sweeping } from './doors.js';
import type { ConsumesMark, HearsMark, Mark, OperationMark, RpcMark, SweepsMark } from './marks.js';
import { rpcOwner, rpcSubject } from './rpc-subject.js';
import { streamOf } from './source-stream.js';
import { durablesOf } from './users.js';

/** One marked class with the instance that Nest made of it. */
export interface Marked<M extends Mark = Mark, H = object> {
  readonly name: string;
  readonly mark: M;
  readonly instance: H;
}

/** All doors of a service, by kind. */
export interface Doors {
  readonly operations: readonly Marked<OperationMark, Handles<object, never, object>>[];
  readonly rpcs: readonly Marked<RpcMark, HandlesRpc<never>>[];
  readonly consumers: readonly Marked<ConsumesMark, ConsumesEvents<unknown> | ConsumesFleet<never>>[];
  readonly hears: readonly Marked<HearsMark, HearsMessages>[];
  readonly sweeps: readonly Marked<SweepsMark, Sweeping>[];
}

/** A service cannot start as it is written: every reason at once. */
export class BadDoors extends Error {
  override readonly name = 'BadDoors';
  constructor(
    service: string,
    readonly problems: readonly string[],
  ) {
    super(`${service} cannot start as it is written:\n${problems.map((each) => `  - ${each}`).join('\n')}`);
  }
}

/**
 * Sorts marked classes into doors.
 * @throws BadDoors when two answer one subject or use one durable or lock, when no model knows an operation, when a
 *   method belongs to another service, or when a class lacks what its mark promises
 */
export function sortDoors(service: string, marked: readonly Marked[]): Doors {
  const problems = [...doubles(marked), ...marked.flatMap((each) => problemsOf(service, each))];
  if (problems.length > 0) throw new BadDoors(service, problems);
  const of = <K extends Mark['kind']>(kind: K) => marked.filter((each) => each.mark.kind === kind) as never;
  return {
    operations: of('operation'),
    rpcs: of('rpc'),
    consumers: of('consumes'),
    hears: of('hears'),
    sweeps: of('sweeps'),
  };
}

/** What only one class may have: a subject, a durable, a lock. */
function claimOf(mark: Mark): string {
  switch (mark.kind) {
    case 'operation':
      return `operation ${mark.service}.${mark.operation}`;
    case 'rpc':
      return rpcSubject(mark.method);
    case 'consumes':
      return `durable ${mark.durable}`;
    case 'hears':
      return mark.subject;
    case 'sweeps':
      return `lock ${mark.lock}`;
  }
}

function doubles(marked: readonly Marked[]): string[] {
  const owners = new Map<string, string[]>();
  for (const each of marked) {
    const claim = claimOf(each.mark);
    owners.set(claim, [...(owners.get(claim) ?? []), each.name]);
  }
  return [...owners]
    .filter(([, names]) => names.length > 1)
    .map(([claim, names]) => `${claim} has ${names.length} classes: ${names.join(', ')}`);
}

function problemsOf(service: string, { name, mark, instance }: Marked): string[] {
  const lacks = (...methods: string[]) =>
    methods
      .filter((method) => typeof (instance as Record<string, unknown>)[method] !== 'function')
      .map((method) => `${name} has no method ${method}`);
  switch (mark.kind) {
    case 'operation':
      return [...lacks('load', 'handle'), ...unknownOperation(name, mark)];
    case 'rpc':
      return rpcOwner(mark.method) === service
        ? lacks('handle')
        : [`${name} answers ${rpcSubject(mark.method)}, which belongs to ${rpcOwner(mark.method)}`];
    case 'consumes':
      return durablesOf(service, streamOf(mark.source)).includes(mark.durable)
        ? lacks('handle')
        : [
            `${name}: the broker would refuse the durable ${mark.durable}: add it to ${service} in libs/bus/src/users.ts`,
          ];
    case 'hears':
      return lacks('handle');
    case 'sweeps':
      return lacks('sweep');
  }
}

function unknownOperation(name: string, mark: OperationMark): string[] {
  try {
    if (serviceModel(mark.service as never).operations.has(mark.operation)) return [];
  } catch {
    return [`${name}: there is no model of service ${mark.service}`];
  }
  return [`${name}: the model of ${mark.service} knows no operation ${mark.operation}`];
}

/** Where an operation is asked. */
export function operationSubject(mark: OperationMark): string {
  return (mark.public ? subjects.public : subjects.api)(mark.service, mark.operation);
}
