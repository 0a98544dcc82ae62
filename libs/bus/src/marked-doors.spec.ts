import { Registry, StatusReportSchema, defineEvent } from '@muster/contracts';

import { type Marked, sortDoors } from './marked-doors.js';
import { type Mark, type OperationMark } from './marks.js';

const whole = { load: () => undefined, handle: () => undefined, sweep: () => undefined };

function operation(name: string, options: Partial<OperationMark> = {}): Marked {
  const mark: OperationMark = {
    kind: 'operation',
    service: 'ssm',
    operation: name,
    public: false,
    needsNoPermission: false,
    audits: false,
    ...options,
  };
  return { name, mark, instance: whole };
}

function marked(name: string, mark: Mark, instance: object = whole): Marked {
  return { name, mark, instance };
}

const problemsOf = (service: string, ...all: Marked[]): readonly string[] => {
  try {
    sortDoors(service, all);
    return [];
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
};

describe('the doors of a service', () => {
  it('are sorted by kind', () => {
    const sweep = marked('Tidy', { kind: 'sweeps', everyMs: 1, lock: 'registry.tidy' });
    const rpc = marked('Routes', { kind: 'rpc', method: Registry.method.routesOf });
    const doors = sortDoors('registry', [operation('PutParameter'), sweep, rpc]);
    expect(doors.operations.map((each) => each.name)).toEqual(['PutParameter']);
    expect(doors.sweeps.map((each) => each.name)).toEqual(['Tidy']);
    expect(doors.rpcs.map((each) => each.name)).toEqual(['Routes']);
    expect(doors.consumers).toEqual([]);
  });

  it('are refused when two answer one operation, signed or not', () => {
    const twin = { ...operation('PutParameter', { public: true }), name: 'Twin' };
    expect(problemsOf('registry', operation('PutParameter'), twin)).toEqual([
      'operation ssm.PutParameter has 2 classes: PutParameter, Twin',
    ]);
  });

  it('are refused when a durable, a method, a subject or a lock is used twice', () => {
    const source = { kind: 'fleet', topic: 'status', schema: StatusReportSchema } as const;
    const twice = (mark: Mark) =>
      problemsOf('commands', marked('A', mark), marked('B', mark)).filter((each) => each.includes('2 classes'));
    const durable = 'commands-take-status';
    expect(twice({ kind: 'consumes', source, durable, batch: 1, gatherMs: 1, alone: false })).toHaveLength(1);
    expect(twice({ kind: 'rpc', method: Registry.method.routesOf })).toHaveLength(1);
    expect(twice({ kind: 'hears', subject: 'agent.*.hello', everyMs: 1, max: 1, everyReplica: false })).toHaveLength(1);
    expect(twice({ kind: 'sweeps', everyMs: 1, lock: 'x' })).toHaveLength(1);
  });

  it('are refused when no model knows the operation or the service', () => {
    expect(problemsOf('registry', operation('PutParametr'), operation('X', { service: 'nothing' }))).toEqual([
      'PutParametr: the model of ssm knows no operation PutParametr',
      'X: there is no model of service nothing',
    ]);
  });

  it('are refused when a class lacks what its mark promises', () => {
    const bare = { ...operation('PutParameter'), instance: {} };
    expect(problemsOf('registry', bare)).toEqual([
      'PutParameter has no method load',
      'PutParameter has no method handle',
    ]);
  });

  it('are refused when a method belongs to another service, or the broker would refuse the durable', () => {
    const event = defineEvent('registry', 'node-connected');
    const source = { kind: 'event', event } as const;
    expect(
      problemsOf(
        'parameters',
        marked('Routes', { kind: 'rpc', method: Registry.method.routesOf }),
        marked('Wake', { kind: 'consumes', source, durable: 'parameters-wake', batch: 1, gatherMs: 1, alone: false }),
      ),
    ).toEqual([
      'Routes answers rpc.registry.routesOf, which belongs to registry',
      'Wake: the broker would refuse the durable parameters-wake: add it to parameters in libs/bus/src/users.ts',
    ]);
  });

  it('are refused with every reason at once', () => {
    expect(() => sortDoors('registry', [operation('A'), operation('B')])).toThrow(
      /registry cannot start.*\n.*A.*\n.*B/,
    );
  });
});
