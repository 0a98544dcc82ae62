import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { create, toBinary } from '@bufbuild/protobuf';
import { BusConnection } from '@muster/bus';
import { StatusReportSchema } from '@muster/contracts';
import { Database, UnitOfWork } from '@muster/persistence';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import pg from 'pg';

import { type OwnNats, type OwnPostgres, ownNats, ownPostgres, serviceUnderTest } from '../../src/index.js';
import { eventually } from './eventually.js';
import { Notes, Readers, Stage, noteWritten } from './ledger.js';

const NOTES = 0;
const READERS = 1;

let nats: OwnNats;
let postgres: OwnPostgres;

const service = serviceUnderTest([Notes, Readers], async () => {
  [nats, postgres] = await Promise.all([ownNats(), ownPostgres()]);
  return { nats, postgres };
});

afterAll(async () => {
  await Promise.all([nats?.stop(), postgres?.stop()]);
});

const notes = () => service.running(NOTES).get(Database);
const readers = () => service.running(READERS).get(Database);
const unique = (what = 'n') => `${what}-${randomUUID()}`;

function ssm(operation: string, input: object) {
  return service.newAccount().ssm(operation, input);
}

async function put(names: readonly string[]): Promise<void> {
  for (const Name of names) await ssm('PutParameter', { Name, Value: 'a' });
}

/** Each of them was read, and none twice. */
async function readOnce(names: readonly string[]): Promise<void> {
  await eventually(async () => {
    const rows = await readers().query<{ name: string }>('SELECT name FROM reading WHERE name = ANY($1)', [[...names]]);
    expect(rows.map((each) => each.name).sort()).toEqual([...names].sort());
  }, 40_000);
}

/** Ids of the events about these notes as they lie in the stream, in its order. */
async function inStream(names: readonly string[]): Promise<{ name: string; id: string }[]> {
  const manager = await jetstreamManager(service.nats);
  const { state } = await manager.streams.info('EVENTS');
  const found = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await manager.streams.getMessage('EVENTS', { seq });
    const event = message?.json<{ id: string; data?: { name: string } }>();
    if (event?.data && names.includes(event.data.name)) found.push({ name: event.data.name, id: event.id });
  }
  return found;
}

/** What a service commits by itself, without a call over the bus. */
async function announceWithoutBus(...names: string[]): Promise<void> {
  const scope = { account: '123456789012', region: 'us-east-1' };
  await service
    .running(NOTES)
    .get(UnitOfWork)
    .run(async (tx) => tx.announce(...names.map((name) => noteWritten(scope, 'arn', { name, value: 'a' }))));
}

async function deadLetters(): Promise<number> {
  const [row] = await readers().query<{ n: number }>('SELECT count(*) AS n FROM dead_letter');
  return row!.n;
}

function manager(): Promise<JetStreamManager> {
  return jetstreamManager(service.nats, { timeout: 5_000 });
}

async function busIsBack(): Promise<void> {
  await Promise.all([NOTES, READERS].map((each) => service.running(each).get(BusConnection).whenUp()));
  await eventually(() => service.nats.flush());
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: service.deployment.databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

describe('when the bus dies and comes back on its data', () => {
  it('each event is in the stream once, in order, and read once', async () => {
    const before = Array.from({ length: 40 }, () => unique());
    await put(before);
    await nats.kill();
    // What is committed while the bus is away waits in the outbox.
    const away = unique('away');
    await announceWithoutBus(away);
    await expect(service.running(NOTES).ready()).rejects.toThrow();
    await nats.start();
    await busIsBack();
    const after = [unique(), unique()];
    await eventually(() => put(after));

    const all = [...before, away, ...after];
    await readOnce(all);
    const events = await inStream(all);
    expect(events.map((each) => each.name)).toEqual(all);
    expect(new Set(events.map((each) => each.id)).size).toBe(all.length);
    expect(await deadLetters()).toBe(0);
  }, 90_000);

  it('services ask each other again', async () => {
    await eventually(async () => {
      expect(await ssm('DescribeInstanceInformation', {})).toEqual({
        InstanceInformationList: [{ InstanceId: 'mi-1' }],
      });
    });
  });
});

describe('when the database dies and comes back', () => {
  it('calls get 503, consumers wait and park nothing, and everything is read in the end', async () => {
    const names = [unique(), unique(), unique()];
    await put(names);
    const [held, unread] = [unique('held'), unique()];
    // One batch is on the way while the database dies.
    let release!: () => void;
    const reading = new Promise<void>((resolve) => {
      service.running(READERS).get(Stage).onRead = () => {
        service.running(READERS).get(Stage).onRead = () => undefined;
        resolve();
        return new Promise<void>((done) => (release = done));
      };
    });
    await put([held]);
    await reading;
    await put([unread]);
    await postgres.kill();
    release();

    await expect(ssm('PutParameter', { Name: unique(), Value: 'a' })).rejects.toMatchObject({
      code: 'ServiceUnavailable',
      status: 503,
    });
    await expect(service.running(NOTES).ready()).rejects.toThrow();

    await postgres.start();
    await eventually(() => service.running(NOTES).ready());
    await readOnce([...names, held, unread]);
    expect(await deadLetters()).toBe(0);
    await eventually(() => put([unique()]));
  }, 90_000);
});

describe('when the relay dies between publishing and marking', () => {
  it('nothing is published twice, long after the broker stopped to look for doubles', async () => {
    const streams = (await manager()).streams;
    await streams.update('EVENTS', { duplicate_window: 100_000_000 });
    // Nothing of the tests before may stand in the way of this batch.
    await eventually(async () => {
      expect(await notes().query('SELECT 1 FROM outbox WHERE published_at IS NULL')).toEqual([]);
    });
    await asAdmin((admin) =>
      admin.query(`
        CREATE FUNCTION registry.no_marks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed here'; END $$;
        CREATE TRIGGER no_marks BEFORE UPDATE OF published_at ON registry.outbox
        FOR EACH ROW WHEN (NEW.published_at IS NOT NULL) EXECUTE FUNCTION registry.no_marks();
      `),
    );
    const names = [unique(), unique(), unique()];
    // One batch: behind one that cannot be marked, nothing is published.
    await announceWithoutBus(...names);
    // The stream has them; the outbox cannot be told.
    await readOnce(names);
    const published = async () =>
      notes().query('SELECT 1 FROM outbox WHERE published_at IS NULL AND relay_seq IS NOT NULL');
    expect((await published()).length).toBeGreaterThan(0);
    await service.running(NOTES).close();
    await asAdmin((admin) => admin.query('DROP FUNCTION registry.no_marks() CASCADE'));
    await windowIsOver();

    await service.restart(NOTES);
    const later = unique();
    await put([later]);
    await readOnce([...names, later]);
    await eventually(async () => expect(await published()).toEqual([]));
    const events = await inStream([...names, later]);
    expect(events.map((each) => each.name)).toEqual([...names, later]);
    const marks = await notes().query<{ stream_seq: number | null }>(
      'SELECT stream_seq FROM outbox WHERE stream_seq IS NULL',
    );
    expect(marks).toEqual([]);
  }, 60_000);

  /** The broker takes an id again: it has forgotten all that it knew before. */
  async function windowIsOver(): Promise<void> {
    const id = randomUUID();
    const probe = async () => {
      const how = { headers: messageId(id), timeout: 1_000 };
      return (await service.nats.request('events.0.none.probe.probe', '{}', how)).json<{ duplicate?: boolean }>();
    };
    await probe();
    // It forgets by a timer that was set for the longer window; started anew, it knows only what is younger than the short one.
    await eventually(async () => {
      await nats.stop();
      await nats.start();
      await eventually(() => service.nats.flush());
      expect((await probe()).duplicate).toBeUndefined();
    });
  }
});

function messageId(id: string) {
  const set = headers();
  set.set('Nats-Msg-Id', id);
  return set;
}

describe('when a power cut takes the end of the streams', () => {
  it('lost events are published again in order and read once, and queues go on, though others took their places first', async () => {
    const survives = [unique(), unique()];
    await put(survives);
    await readOnce(survives);
    const copy = `${nats.storeFolder}-copy`;
    await nats.stop();
    cpSync(nats.storeFolder, copy, { recursive: true });
    await nats.start();
    await busIsBack();

    const lost = Array.from({ length: 5 }, () => unique('lost'));
    await eventually(() => put(lost.slice(0, 1)));
    await put(lost.slice(1));
    await readOnce(lost);
    const taken = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of taken) await service.nats.request('fleet.mi-1.status', report(id));
    await taken.reduce((before, id) => before.then(() => reported(id)), Promise.resolve());
    await nats.kill();
    for (const stream of ['EVENTS', 'FLEET']) putBackMessages(copy, nats.storeFolder, stream);
    await nats.start();
    // Before our services are back, somebody else's messages lie where the lost ones lay.
    const fresh = Array.from({ length: 4 }, () => randomUUID());
    await somebodyElsePublishes(10, fresh);
    await busIsBack();
    for (const id of fresh) await reported(id);

    const later = unique();
    await eventually(() => put([later]));
    await readOnce([...survives, ...lost, later]);
    expect((await inStream([...survives, ...lost, later])).map((each) => each.name)).toEqual([
      ...survives,
      ...lost,
      later,
    ]);
  }, 90_000);

  /** Only the messages are as they were; what the durables had counted was synced. */
  function putBackMessages(copy: string, store: string, stream: string): void {
    const account = service.deployment.deployment.accounts.core.publicKey;
    const messages = join(account, 'streams', stream, 'msgs');
    rmSync(join(store, messages), { recursive: true });
    cpSync(join(copy, messages), join(store, messages), { recursive: true });
  }

  async function somebodyElsePublishes(count: number, reports: readonly string[]): Promise<void> {
    const outsider = await service.deployment.connectAs('core', unique('outsider'), {
      publish: ['>'],
      subscribe: ['>'],
    });
    const tell = (subject: string, data: string | Uint8Array) =>
      eventually(async () => void (await outsider.request(subject, data, { timeout: 1_000 })));
    for (const id of reports) await tell('fleet.mi-1.status', report(id));
    for (let i = 0; i < count; i++) await tell('events.0.none.other.thing', '{}');
  }

  function report(invocationId: string): Uint8Array {
    return toBinary(StatusReportSchema, create(StatusReportSchema, { invocationId }));
  }

  async function reported(id: string): Promise<void> {
    await eventually(async () => {
      const rows = await readers().query('SELECT 1 FROM report WHERE invocation_id = $1', [id]);
      expect(rows).not.toEqual([]);
      // A broker that was killed may remember its delivery in another life: it comes again after the time for its acknowledgement.
    }, 40_000);
  }
});

describe('when the database comes back from a backup', () => {
  it('new events are numbered beyond those that the stream has of its other life', async () => {
    await put([unique()]);
    await eventually(async () => {
      expect(await notes().query('SELECT 1 FROM outbox WHERE published_at IS NULL')).toEqual([]);
    });
    const [before] = await notes().query<{ last: number }>('SELECT max(relay_seq) AS last FROM outbox');
    await service.running(NOTES).close();
    await asAdmin((admin) => admin.query("DELETE FROM registry.outbox; SELECT setval('registry.outbox_relay_seq', 1)"));
    await service.restart(NOTES);
    const name = unique();
    await put([name]);
    await readOnce([name]);
    await eventually(async () => {
      const rows = await notes().query<{ relay_seq: number; published_at: Date | null }>(
        'SELECT relay_seq, published_at FROM outbox',
      );
      // The note, and who put it.
      expect(rows).toEqual(
        Array.from({ length: 2 }, () => ({ relay_seq: expect.any(Number), published_at: expect.any(Date) })),
      );
      expect(Math.min(...rows.map((each) => each.relay_seq))).toBeGreaterThan(before!.last);
    });
  }, 60_000);
});

describe('without the bus', () => {
  it('a service waits for it, and starts when it is there', async () => {
    await nats.stop();
    const restarting = service.restart(NOTES);
    let started = false;
    void restarting.then(() => (started = true));
    await eventually(() => expect(service.nats.isClosed()).toBe(false));
    expect(started).toBe(false);
    await nats.start();
    await restarting;
    await busIsBack();
    await eventually(() => put([unique()]));
  }, 60_000);
});
