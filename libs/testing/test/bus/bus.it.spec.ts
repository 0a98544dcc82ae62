import { randomUUID } from 'node:crypto';

import { create, toBinary } from '@bufbuild/protobuf';
import { SweepWaker } from '@muster/bus';
import { Registry, StatusReportSchema } from '@muster/contracts';
import { nodePermissions } from '@muster/keys';
import { Database } from '@muster/persistence';
import { jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';

import { serviceUnderTest } from '../../src/index.js';
import { eventually } from './eventually.js';
import { Notes, Readers, Stage } from './ledger.js';

const allow = (action: string, resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
});

const NOTES = 0;
const READERS = 1;
const service = serviceUnderTest([Notes, Readers]);

const stage = (index = NOTES) => service.running(index).get(Stage);
const notes = () => service.running(NOTES).get(Database);
const readers = () => service.running(READERS).get(Database);
const unique = () => `n-${randomUUID()}`;

afterEach(() => {
  stage().onPut = () => undefined;
  stage(READERS).onRead = () => undefined;
});

describe('an operation', () => {
  it('is decoded, validated, decided, handled and encoded; its event follows', async () => {
    const { ssm, events, account } = service.newAccount();
    const name = unique();
    expect(await ssm('PutParameter', { Name: name, Value: 'a' })).toEqual({ Version: 1 });
    await expect(events.next('registry.note-written')).resolves.toMatchObject({
      specversion: '1.0',
      source: `/${account}/us-east-1/registry`,
      data: { name, value: 'a' },
    });
  });

  it('answers rubbish and what the model forbids as AWS does, and changes nothing', async () => {
    const { ssm, caller } = service.newAccount();
    await expect(ssm('PutParameter', { Value: 'a' })).rejects.toMatchObject({
      code: 'ValidationException',
      status: 400,
      message: expect.stringContaining("'name' failed to satisfy constraint: Member must not be null"),
    });
    const reply = await service.ask('ssm', 'PutParameter', '{"Name":', { caller });
    expect(JSON.parse(reply.string())).toMatchObject({ __type: 'SerializationException' });
  });

  it('is refused to who may not, in the words of AWS, and allowed from the moment a policy says so', async () => {
    const { ssm, user, account } = service.newAccount();
    const name = unique();
    const alice = user('alice', allow('ssm:GetParameter'));
    await expect(ssm('PutParameter', { Name: name, Value: 'a' }, { caller: alice })).rejects.toMatchObject({
      code: 'AccessDeniedException',
      status: 400,
      message: `User: ${alice.arn} is not authorized to perform: ssm:PutParameter on resource: arn:aws:ssm:us-east-1:${account}:parameter/${name} because no identity-based policy allows the ssm:PutParameter action`,
    });
    user('alice', allow('ssm:*'));
    await ssm('PutParameter', { Name: name, Value: 'a' }, { caller: alice });
  });

  it('that decides page by page shows what the caller may see, and nothing when it forgot to ask', async () => {
    const { ssm, user, account } = service.newAccount();
    const [seen, unseen] = [unique(), unique()];
    for (const Name of [seen, unseen]) await ssm('PutParameter', { Name, Value: 'a' });
    const bob = user('bob', allow('ssm:ListCommands', `arn:aws:ssm:us-east-1:${account}:parameter/${seen}`));
    expect(await ssm('ListCommands', {}, { caller: bob })).toEqual({ Commands: [{ Comment: seen }] });
    await expect(ssm('ListCommands', { CommandId: randomUUID() }, { caller: bob })).rejects.toMatchObject({
      code: 'InternalServerError',
      status: 500,
    });
  });

  it('in a region that is not served is refused', async () => {
    const { ssm } = service.newAccount();
    await expect(ssm('PutParameter', { Name: unique(), Value: 'a' }, { region: 'eu-west-1' })).rejects.toMatchObject({
      code: 'UnrecognizedClientException',
    });
  });

  it('repeated with one invocation id is one call: the same answer, one event', async () => {
    const { ssm, events } = service.newAccount();
    const name = unique();
    const again = { invocationId: randomUUID() };
    let handled = 0;
    stage().onPut = () => void handled++;
    const put = () => ssm('PutParameter', { Name: name, Value: 'a' }, again);
    expect(await Promise.all([put(), put(), put()])).toEqual([{ Version: 1 }, { Version: 1 }, { Version: 1 }]);
    expect(handled).toBe(3);
    await events.next('registry.note-written', { data: { name } });
    await ssm('PutParameter', { Name: name, Value: 'last' });
    await events.next('registry.note-written', { data: { value: 'last' } });
    expect(events.pending()).toEqual([]);
  });

  it('that fails by our fault says so, without what it was', async () => {
    const { ssm } = service.newAccount();
    stage().onPut = () => {
      throw new Error('password=hunter2');
    };
    const failure = await ssm('PutParameter', { Name: unique(), Value: 'a' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'InternalServerError', status: 500 });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  it('is told when nobody waits any more', async () => {
    const { ssm } = service.newAccount();
    const aborted = new Promise<void>((resolve) => {
      stage().onPut = (_, call) =>
        new Promise<void>((done) => {
          call.signal.addEventListener('abort', () => {
            resolve();
            done();
          });
        });
    });
    await expect(ssm('PutParameter', { Name: unique(), Value: 'a' }, { deadlineMs: 200 })).rejects.toThrow();
    await aborted;
  });
});

describe('an rpc', () => {
  it('is answered, also across services within a call', async () => {
    await expect(service.rpc(Registry.method.routesOf, { nodeIds: ['mi-1'] })).resolves.toMatchObject({
      routes: [{ nodeId: 'mi-1', keyGeneration: 7 }],
    });
    expect(await service.newAccount().ssm('DescribeInstanceInformation', {})).toEqual({
      InstanceInformationList: [{ InstanceId: 'mi-1' }],
    });
  });

  it('fails with the code that was thrown; a fault of ours keeps its secrets', async () => {
    await expect(service.rpc(Registry.method.routesOf, { nodeIds: ['refused'] })).rejects.toMatchObject({
      code: 'InvalidInstanceId',
      status: 400,
      message: 'No such node: „refused“',
    });
    await expect(service.rpc(Registry.method.routesOf, { nodeIds: ['broken'] })).rejects.toMatchObject({
      code: 'InternalServerError',
      message: expect.not.stringContaining('secret'),
    });
  });
});

describe('a durable consumer', () => {
  it('hands on each event once, though it is delivered twice', async () => {
    const { ssm, events } = service.newAccount();
    const name = unique();
    await ssm('PutParameter', { Name: name, Value: 'a' });
    const event = await events.next('registry.note-written');
    await read(name, ['a']);
    // The same event by its id, a second time in the stream: beyond the broker's own window it would not notice.
    await service.nats.request(
      `events.${event.source.split('/')[1]}.us-east-1.registry.note-written`,
      JSON.stringify(event),
    );
    const last = unique();
    await ssm('PutParameter', { Name: last, Value: 'z' });
    await read(last, ['z']);
    await read(name, ['a']);
  });

  it('does everything of a batch but the culprits, which become dead letters with their reason', async () => {
    const { ssm } = service.newAccount();
    const values = ['a', 'poison', 'b', 'bug', 'c', 'later', 'd'];
    const names = values.map(() => unique());
    for (const [i, Value] of values.entries()) await ssm('PutParameter', { Name: names[i], Value });

    await eventually(async () => {
      const got = await readers().query<{ name: string }>('SELECT name FROM reading WHERE name = ANY($1)', [names]);
      expect(got.map((each) => each.name).sort()).toEqual([0, 2, 4, 5, 6].map((i) => names[i]).sort());
      const dead = await readers().query<{ body: Buffer; reason: string; durable: string }>(
        'SELECT durable, body, reason FROM dead_letter WHERE durable = $1',
        ['commands-wake-node'],
      );
      const reasons = Object.fromEntries(
        dead.map(({ body, reason }) => [(JSON.parse(body.toString()) as { data: { name: string } }).data.name, reason]),
      );
      expect(reasons).toEqual({
        [names[1]!]: 'Poisoned: nobody can read this',
        [names[3]!]: 'TypeError: a bug <- Error: its cause',
      });
    });
    await nothingIsPending('EVENTS', 'commands-wake-node');
  });

  it('that is too much for one transaction is done in smaller ones', async () => {
    const { ssm } = service.newAccount();
    let go: () => void = () => undefined;
    const gathered = new Promise<void>((resolve) => (go = resolve));
    let most = 0;
    stage(READERS).onRead = async (values) => {
      if (values.includes('first')) await gathered;
      most = Math.max(most, values.length);
      // What Postgres says when a statement takes longer than its statement_timeout.
      if (values.length > 2) await readers().query('SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(5)');
    };
    const names = Array.from({ length: 8 }, unique);
    for (const [i, Name] of names.entries()) await ssm('PutParameter', { Name, Value: i === 0 ? 'first' : 'next' });
    await eventually(async () => {
      const manager = await jetstreamManager(service.nats);
      expect((await manager.consumers.info('EVENTS', 'commands-wake-node')).num_ack_pending).toBe(8);
    });
    go();
    await eventually(async () => {
      const got = await readers().query<{ name: string }>('SELECT name FROM reading WHERE name = ANY($1)', [names]);
      expect(got.map((each) => each.name).sort()).toEqual([...names].sort());
    });
    expect(most).toBeGreaterThan(2);
    await nothingIsPending('EVENTS', 'commands-wake-node');
  });

  it('parks what is not even readable', async () => {
    await service.nats.request('events.1.us-east-1.registry.note-written', 'rubbish');
    await eventually(async () => {
      const dead = await readers().query('SELECT 1 FROM dead_letter WHERE body = $1', [Buffer.from('rubbish')]);
      expect(dead).toHaveLength(1);
    });
    await nothingIsPending('EVENTS', 'commands-wake-node');
  });

  it('of a fleet topic empties the work queue and believes the subject, not the message', async () => {
    const id = randomUUID();
    const report = create(StatusReportSchema, { invocationId: id, nodeId: 'mi-somebody-else' });
    await service.nats.request('fleet.mi-1.status', toBinary(StatusReportSchema, report));
    await service.nats.request('fleet.mi-2.status', new Uint8Array([255, 255, 255]));
    await eventually(async () => {
      const rows = await readers().query('SELECT node_id FROM report WHERE invocation_id = $1', [id]);
      expect(rows).toEqual([{ node_id: 'mi-1' }]);
      const manager = await jetstreamManager(service.nats);
      expect((await manager.streams.info('FLEET')).state.messages).toBe(0);
    });
    const dead = await readers().query("SELECT subject FROM dead_letter WHERE durable = 'commands-take-status'");
    expect(dead).toEqual([{ subject: 'fleet.mi-2.status' }]);
  });

  it('is not held up by what Postgres cannot keep of a message that nobody can read', async () => {
    const id = randomUUID();
    const marks = headers();
    marks.set('X-Rubbish', 'a\u0000b');
    await service.nats.request('fleet.mi-3.status', new Uint8Array([255, 255, 255]), {
      headers: marks,
      timeout: 5_000,
    });
    const report = create(StatusReportSchema, { invocationId: id });
    await service.nats.request('fleet.mi-4.status', toBinary(StatusReportSchema, report));
    await eventually(async () => {
      const dead = await readers().query("SELECT headers FROM dead_letter WHERE subject = 'fleet.mi-3.status'");
      expect(dead).toEqual([{ headers: expect.objectContaining({ 'X-Rubbish': ['a\ufffdb'] }) }]);
      expect(await readers().query('SELECT node_id FROM report WHERE invocation_id = $1', [id])).toEqual([
        { node_id: 'mi-4' },
      ]);
      const manager = await jetstreamManager(service.nats);
      expect((await manager.streams.info('FLEET')).state.messages).toBe(0);
    });
  });
});

describe('what is heard', () => {
  it('comes in batches by count, and is answered across the accounts', async () => {
    stage().heard = [];
    const ids = ['mi-a', 'mi-b', 'mi-c'];
    const nodes = await Promise.all(ids.map((id) => service.deployment.connectAs('fleet', id, nodePermissions(id))));
    const replies = await Promise.all(
      nodes.map((node, i) => node.request(`agent.${ids[i]}.hello`, 'x', { timeout: 5_000 })),
    );
    expect(replies.map((each) => each.string())).toEqual(['hello mi-a', 'hello mi-b', 'hello mi-c']);
    // Three are the most of a batch; they were asked at once.
    expect(stage().heard.map((batch) => batch.length)).toEqual([3]);
    // What the broker really hands over: a subject of its own making.
    for (const { reply } of stage().heard[0]!) expect(reply).toMatch(/^_R_\./);
  });

  it('is answered nowhere else: not under a subject that the asker made up', async () => {
    const victim = service.nats.subscribe('node.mi-b.epoch.invoke');
    const heard = new Promise<void>((resolve) => (stage().onHeard = resolve));
    service.nats.publish('agent.mi-a.hello', 'x', { reply: 'node.mi-b.epoch.invoke' });
    await heard;
    expect(stage().heard.at(-1)![0]!.reply).toBeUndefined();
    await service.nats.flush();
    expect(victim.getReceived()).toBe(0);
    victim.unsubscribe();
  });
});

describe('a sweep', () => {
  it('goes on at once while there is more, and can be woken', async () => {
    const { ssm } = service.newAccount();
    await ssm('PutParameter', { Name: unique(), Value: 'a' });
    await ssm('PutParameter', { Name: unique(), Value: 'b' });
    // Its next turn by itself is an hour away.
    service.running(NOTES).get(SweepWaker).wake('registry.notes');
    await eventually(async () => {
      expect(await notes().query('SELECT 1 FROM note WHERE NOT swept')).toEqual([]);
    });
  });
});

describe('a service that stops', () => {
  it('finishes the call that it took', async () => {
    const { ssm } = service.newAccount();
    const name = unique();
    let finish!: () => void;
    const taken = new Promise<void>((resolve) => {
      stage().onPut = () => {
        resolve();
        return new Promise<void>((done) => (finish = done));
      };
    });
    const call = ssm('PutParameter', { Name: name, Value: 'a' });
    await taken;
    stage().onPut = () => undefined;
    const restarted = service.restart(NOTES);
    // The operation is refused to newcomers while the old one still runs.
    await eventually(() => expect(ssm('PutParameter', { Name: unique(), Value: 'b' })).rejects.toThrow());
    finish();
    await expect(call).resolves.toEqual({ Version: 1 });
    await restarted;
    await expect(notes().query('SELECT value FROM note WHERE name = $1', [name])).resolves.toEqual([{ value: 'a' }]);
    await ssm('PutParameter', { Name: name, Value: 'c' });
  });
});

async function read(name: string, values: readonly string[]): Promise<void> {
  await eventually(async () => {
    const got = await readers().query<{ value: string }>('SELECT value FROM reading WHERE name = $1 ORDER BY id', [
      name,
    ]);
    expect(got.map((each) => each.value)).toEqual(values);
  });
}

async function nothingIsPending(stream: string, durable: string): Promise<void> {
  const manager = await jetstreamManager(service.nats);
  await eventually(async () => {
    expect(await manager.consumers.info(stream, durable)).toMatchObject({ num_ack_pending: 0, num_pending: 0 });
  });
}
