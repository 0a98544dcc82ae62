// Two small services that use every kind of door: `registry` keeps notes and announces them, `commands` reads about them.
// They carry names of real services because the broker permits only those.
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ApiError } from '@muster/aws-protocol';
import {
  type Acted,
  Bus,
  type Call,
  Consumes,
  type ConsumesEvents,
  type ConsumesFleet,
  type FleetMessage,
  type Handles,
  type HandlesRpc,
  type Heard,
  Hears,
  type HearsMessages,
  Operation,
  Poisoned,
  RetryLater,
  Rpc,
  Service,
  type Sweeping,
  Sweeps,
  type Valid,
} from '@muster/bus';
import { type CloudEvent, Registry, StatusReportSchema, defineEvent } from '@muster/contracts';
import { Database, type Tx, UnitOfWork } from '@muster/persistence';
import { Injectable, Module } from '@nestjs/common';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Announced when a note was written. */
export const noteWritten = defineEvent<{ name: string; value: string }>('registry', 'note-written');

class CreateNotes1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE note (name text PRIMARY KEY, value text NOT NULL, swept boolean NOT NULL DEFAULT false)',
    );
  }
  async down(): Promise<void> {}
}

class CreateReadings1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE reading (id bigserial PRIMARY KEY, name text NOT NULL, value text NOT NULL)');
    await runner.query(
      'CREATE TABLE report (id bigserial PRIMARY KEY, node_id text NOT NULL, invocation_id text NOT NULL)',
    );
  }
  async down(): Promise<void> {}
}

interface PutInput {
  Name: string | undefined;
  Value: string | undefined;
}

/** What a test wants to happen inside a handler. */
@Injectable()
export class Stage {
  /** Called with the note's name before it is written; may wait or throw. */
  onPut: (name: string, call: Call) => Promise<void> | void = () => undefined;
  /** Called with each batch before it is read. */
  onRead: (values: readonly string[]) => Promise<void> | void = () => undefined;
  heard: Heard[][] = [];
  onHeard: () => void = () => undefined;
  sweeps = 0;
}

@Operation('ssm', 'PutParameter')
export class PutNote implements Handles<PutInput, Acted, { Version: number }> {
  constructor(
    private readonly work: UnitOfWork,
    private readonly stage: Stage,
  ) {}

  load(input: Valid<PutInput>, call: Call): Acted {
    return { on: [{ arn: `arn:aws:ssm:${call.region}:${call.account}:parameter/${input.Name}` }] };
  }

  async handle({ Name, Value }: Valid<PutInput>, _: Acted, call: Call) {
    await this.stage.onPut(Name, call);
    return this.work.commit(call, async (tx) => {
      await tx.query('INSERT INTO note (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2', [
        Name,
        Value,
      ]);
      tx.announce(
        noteWritten(call, `arn:aws:ssm:${call.region}:${call.account}:parameter/${Name}`, { name: Name, value: Value }),
      );
      return { Version: 1 };
    });
  }
}

/** Decides page by page, or forgets to. */
@Operation('ssm', 'ListCommands')
export class ListNotes implements Handles<{ CommandId?: string }, Acted, { Commands: object[] }> {
  constructor(private readonly database: Database) {}

  load(): Acted {
    return { on: [], decidesLater: true };
  }

  async handle(input: { CommandId?: string }, _: Acted, call: Call) {
    if (input.CommandId) return { Commands: [] };
    const notes = await this.database.query<{ name: string }>('SELECT name FROM note ORDER BY name');
    const mine = await call.mayAct(
      notes.map(({ name }) => ({ name, arn: `arn:aws:ssm:${call.region}:${call.account}:parameter/${name}` })),
    );
    return { Commands: mine.map(({ name }) => ({ Comment: name })) };
  }
}

@Rpc(Registry.method.routesOf)
export class RoutesOf implements HandlesRpc<typeof Registry.method.routesOf> {
  async handle(request: { nodeIds: string[] }): Promise<MessageInitShape<typeof Registry.method.routesOf.output>> {
    if (request.nodeIds.includes('refused')) throw new ApiError('InvalidInstanceId', 'No such node: „refused“');
    if (request.nodeIds.includes('broken')) throw new Error('a fault with a secret in it');
    return { routes: request.nodeIds.map((nodeId) => ({ nodeId, keyGeneration: 7 })) };
  }
}

@Hears('agent.*.hello', { everyMs: 30, max: 3 })
export class HearHello implements HearsMessages {
  constructor(private readonly stage: Stage) {}

  async handle(messages: readonly Heard[]): Promise<void> {
    this.stage.heard.push([...messages]);
    for (const each of messages) each.respond(new TextEncoder().encode(`hello ${each.tokens[1]}`));
    this.stage.onHeard();
  }
}

/** One note at a time, so that it must come again at once. */
@Sweeps({ everyMs: 3_600_000, lock: 'registry.notes' })
export class SweepNotes implements Sweeping {
  constructor(
    private readonly database: Database,
    private readonly stage: Stage,
  ) {}

  async sweep(): Promise<number> {
    this.stage.sweeps++;
    const swept = await this.database.query(
      'UPDATE note SET swept = true WHERE name = (SELECT name FROM note WHERE NOT swept ORDER BY name LIMIT 1) RETURNING name',
    );
    return swept.length;
  }
}

/** Keeps notes. */
@Service({ name: 'registry', schema: 'registry', migrations: [CreateNotes1764000000001] })
@Module({ providers: [Stage, PutNote, ListNotes, RoutesOf, HearHello, SweepNotes] })
export class Notes {}

@Consumes(noteWritten, { durable: 'commands-wake-node', batch: 16 })
export class ReadNotes implements ConsumesEvents<{ name: string; value: string }> {
  private readonly tries = new Map<string, number>();
  constructor(private readonly stage: Stage) {}

  async handle(events: readonly CloudEvent<{ name: string; value: string }>[], tx: Tx): Promise<void> {
    await this.stage.onRead(events.map((each) => each.data.value));
    for (const { data } of events) {
      if (data.value === 'poison') throw new Poisoned('nobody can read this');
      if (data.value === 'bug') throw new TypeError('a bug', { cause: new Error('its cause') });
      if (data.value === 'later' && this.count(data.name) < 3) throw new RetryLater(20, new Error('not yet'));
    }
    await tx.query('INSERT INTO reading (name, value) SELECT * FROM unnest($1::text[], $2::text[])', [
      events.map((each) => each.data.name),
      events.map((each) => each.data.value),
    ]);
  }

  private count(name: string): number {
    const tries = (this.tries.get(name) ?? 0) + 1;
    this.tries.set(name, tries);
    return tries;
  }
}

@Consumes({ topic: 'status', schema: StatusReportSchema }, { durable: 'commands-take-status', batch: 50 })
export class TakeReports implements ConsumesFleet<typeof StatusReportSchema> {
  async handle(messages: readonly FleetMessage<typeof StatusReportSchema>[], tx: Tx): Promise<void> {
    await tx.query('INSERT INTO report (node_id, invocation_id) SELECT * FROM unnest($1::text[], $2::text[])', [
      messages.map((each) => each.nodeId),
      messages.map((each) => each.message.invocationId),
    ]);
  }
}

/** Asks another service. */
@Operation('ssm', 'DescribeInstanceInformation')
export class AskRoutes implements Handles<object, Acted, { InstanceInformationList: object[] }> {
  constructor(private readonly bus: Bus) {}

  load(): Acted {
    return { on: [] };
  }

  async handle() {
    const { routes } = await this.bus.rpc(Registry.method.routesOf, { nodeIds: ['mi-1'] });
    return { InstanceInformationList: routes.map((each) => ({ InstanceId: each.nodeId })) };
  }
}

/** Reads about them. */
@Service({ name: 'commands', schema: 'commands', migrations: [CreateReadings1764000000002] })
@Module({ providers: [Stage, ReadNotes, TakeReports, AskRoutes] })
export class Readers {}
