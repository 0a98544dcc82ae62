import { defineEvent } from '@muster/contracts';
import {
  AnsweredBefore,
  OutboxFull,
  type Persistence,
  type PersistenceOptions,
  isDatabaseAway,
  isUniqueViolation,
  openPersistence,
  infrastructureMigrations,
} from '@muster/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { expectSchemaFile, ownPostgres, testServers } from '../src/index.js';
import { type EmptySchema, aSchema } from './a-schema.js';

class CreateThing1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE thing (name text PRIMARY KEY, size bigint NOT NULL DEFAULT 0)`);
  }
  async down(): Promise<void> {}
}

const thingMade = defineEvent<{ name: string }>('things', 'made');
const scope = { account: '123456789012', region: 'us-east-1' };
const made = (name: string) => thingMade(scope, `arn:thing/${name}`, { name });

describe('persistence', () => {
  let adminUrl: string;
  let place: EmptySchema;
  let opened: Persistence;
  const also: Persistence[] = [];

  async function open(more: Partial<PersistenceOptions> = {}): Promise<Persistence> {
    const persistence = await openPersistence({
      url: place.url,
      schema: place.schema,
      migrations: [CreateThing1763800000000],
      entities: [],
      ...more,
    });
    also.push(persistence);
    return persistence;
  }

  beforeAll(async () => {
    adminUrl = (await testServers()).postgres.adminUrl;
    place = await aSchema(adminUrl);
    opened = await open();
  }, 300_000);

  afterAll(async () => {
    for (const each of also) await each.close();
  });

  describe('migrations', () => {
    it('run once however many replicas start at the same moment', async () => {
      const fresh = await aSchema(adminUrl);
      const replicas = await Promise.all(
        [1, 2, 3].map(() =>
          openPersistence({
            url: fresh.url,
            schema: fresh.schema,
            migrations: [CreateThing1763800000000],
            entities: [],
          }),
        ),
      );
      const names = await replicas[2]!.database.query<{ name: string }>('SELECT name FROM migration ORDER BY id');
      expect(names.map((each) => each.name)).toEqual([
        ...infrastructureMigrations.map((each) => each.name),
        'CreateThing1763800000000',
      ]);
      for (const each of replicas) await each.close();
    });
  });

  it('gives every schema the tables that are described in schema.sql', async () => {
    const file = new URL('../../persistence/schema.sql', import.meta.url);
    await expectSchemaFile(place.url, place.schema, file, ['thing', 'migration']);
  });

  describe('a unit of work', () => {
    it('commits the row and its event together, in an envelope with id, time and place', async () => {
      await opened.unitOfWork.run(async (tx) => {
        await tx.query('INSERT INTO thing (name) VALUES ($1)', ['together']);
        tx.announce(made('together'));
      });
      const row = (await opened.outbox.nextBatch(1000)).find((each) => each.body.includes('"together"'));
      expect(row?.subject).toBe('events.123456789012.us-east-1.things.made');
      expect(JSON.parse(row!.body)).toEqual({
        specversion: '1.0',
        id: row!.eventId,
        source: '/123456789012/us-east-1/things',
        type: 'muster.things.made',
        subject: 'arn:thing/together',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        datacontenttype: 'application/json',
        data: { name: 'together' },
        traceparent: expect.stringMatching(/^00-/),
      });
      expect(row!.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });

    it('leaves neither when the work fails, and runs nothing after it', async () => {
      let after = 0;
      const failing = opened.unitOfWork.run(async (tx) => {
        await tx.query('INSERT INTO thing (name) VALUES ($1)', ['neither']);
        tx.announce(made('neither'));
        tx.afterCommit(() => void after++);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await opened.database.query(`SELECT FROM thing WHERE name = 'neither'`)).toEqual([]);
      expect(await opened.database.query(`SELECT FROM outbox WHERE body LIKE '%neither%'`)).toEqual([]);
      expect(after).toBe(0);
    });

    it('tells when it has committed', async () => {
      const announced = new Promise<void>((resolve) => {
        const stop = opened.outbox.onAnnounced(() => {
          stop();
          resolve();
        });
      });
      const seen = await new Promise((resolve) => {
        void opened.unitOfWork.run(async (tx) => {
          await tx.query('INSERT INTO thing (name) VALUES ($1)', ['told']);
          tx.announce(made('told'));
          tx.afterCommit(async () => resolve(await opened.database.query(`SELECT FROM thing WHERE name = 'told'`)));
        });
      });
      expect(seen).toHaveLength(1);
      await announced;
    });

    it('is one transaction for SQL and TypeORM', async () => {
      const failing = opened.unitOfWork.run(async (tx) => {
        await tx.query('INSERT INTO thing (name) VALUES ($1)', ['both']);
        const rows: unknown[] = await tx.manager.query(`SELECT name FROM thing WHERE name = 'both'`);
        await tx.manager.transaction((inner) => inner.query(`UPDATE thing SET size = 1 WHERE name = 'both'`));
        throw new Error(`saw ${rows.length}`);
      });
      await expect(failing).rejects.toThrow('saw 1');
      expect(await opened.database.query(`SELECT FROM thing WHERE name = 'both'`)).toEqual([]);
    });

    it('does not pretend to have committed what Postgres rolled back', async () => {
      const swallowing = opened.unitOfWork.run(async (tx) => {
        await tx.query('INSERT INTO thing (name) VALUES ($1)', ['swallowed']);
        await tx.query('SELECT 1 / 0').catch(() => undefined);
      });
      await expect(swallowing).rejects.toThrow();
      expect(await opened.database.query(`SELECT FROM thing WHERE name = 'swallowed'`)).toEqual([]);
    });

    it('that Postgres sacrificed in a deadlock is run again, and announces once', async () => {
      await opened.database.query(`INSERT INTO thing (name) VALUES ('first'), ('second')`);
      const both = barrier(2);
      const touch = (one: string, other: string) =>
        opened.unitOfWork.run(async (tx) => {
          await tx.query('UPDATE thing SET size = size + 1 WHERE name = $1', [one]);
          await both();
          await tx.query('UPDATE thing SET size = size + 1 WHERE name = $1', [other]);
          tx.announce(made(`deadlock-${one}`));
        });
      await Promise.all([touch('first', 'second'), touch('second', 'first')]);
      const rows = await opened.database.query(`SELECT size FROM thing WHERE name IN ('first', 'second')`);
      expect(rows).toEqual([{ size: 2 }, { size: 2 }]);
      const [events] = await opened.database.query(`SELECT count(*) AS n FROM outbox WHERE body LIKE '%deadlock-%'`);
      expect(events).toEqual({ n: 2 });
    });

    it('names a taken key', async () => {
      await opened.database.query(`INSERT INTO thing (name) VALUES ('taken')`);
      const again = opened.unitOfWork.run((tx) => tx.query(`INSERT INTO thing (name) VALUES ('taken')`));
      const error: unknown = await again.catch((each: unknown) => each);
      expect(isUniqueViolation(error, 'thing_pkey')).toBe(true);
      expect(isUniqueViolation(error, 'thing_size_key')).toBe(false);
      expect(isDatabaseAway(error)).toBe(false);
    });
  });

  describe('a retried call', () => {
    const retry = { principal: 'arn:alice', operation: 'things:Make', bodyHash: 'b', invocationId: 'i' };

    it('is answered as before, and does nothing', async () => {
      const call = { retry: { ...retry, invocationId: 'once' } };
      const at = new Date(1_700_000_000_123);
      const make = () =>
        opened.unitOfWork.commit(call, async (tx) => {
          await tx.query(`INSERT INTO thing (name) VALUES ('once')`);
          return { Version: 1, At: at, Code: 'hunter2' };
        });
      await make();
      const again: unknown = await make().catch((error: unknown) => error);
      expect(again).toBeInstanceOf(AnsweredBefore);
      expect((again as AnsweredBefore).answer).toEqual({ Version: 1, At: at, Code: 'hunter2' });

      const [row] = await opened.database.query<{ answer: Buffer }>(
        `SELECT answer, row_to_json(answered_call) AS whole FROM answered_call WHERE operation = 'things:Make'`,
      );
      expect(JSON.stringify(row) + row!.answer.toString('latin1')).not.toContain('hunter2');
    });

    it('waits for itself when both arrive at the same moment', async () => {
      const call = { retry: { ...retry, invocationId: 'twice' } };
      const make = (n: number) =>
        opened.unitOfWork
          .commit(call, async (tx) => {
            await tx.query(`INSERT INTO thing (name) VALUES ('twice')`);
            return { n };
          })
          .catch((error: unknown) => (error as AnsweredBefore).answer);
      const [first, second] = await Promise.all([make(1), make(2)]);
      expect(first).toEqual(second);
    });

    it('that failed is tried anew', async () => {
      const call = { retry: { ...retry, invocationId: 'failed' } };
      await expect(opened.unitOfWork.commit(call, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      await expect(opened.unitOfWork.commit(call, async () => ({ fine: true }))).resolves.toEqual({ fine: true });
    });

    it('of somebody else, with another body, or after 15 minutes is another call', async () => {
      const answer = (more: object) =>
        opened.unitOfWork.commit({ retry: { ...retry, invocationId: 'other', ...more } }, async () => ({ more }));
      await answer({});
      await expect(answer({ principal: 'arn:bob' })).resolves.toBeDefined();
      await expect(answer({ bodyHash: 'c' })).resolves.toBeDefined();
      await opened.database.query(`UPDATE answered_call SET at = at - interval '16 minutes'`);
      await expect(answer({})).resolves.toEqual({ more: {} });
    });
  });

  describe('the outbox', () => {
    async function anOutbox(more: Partial<PersistenceOptions> = {}) {
      const fresh = await aSchema(adminUrl);
      const persistence = await openPersistence({
        url: fresh.url,
        schema: fresh.schema,
        migrations: [],
        entities: [],
        ...more,
      });
      also.push(persistence);
      return {
        ...persistence,
        announce: (...names: string[]) =>
          persistence.unitOfWork.run(async (tx) => void tx.announce(...names.map((name) => made(name)))),
        next: async (most: number) =>
          (await persistence.outbox.nextBatch(most)).map((row) => ({
            ...row,
            name: (JSON.parse(row.body) as { data: { name: string } }).data.name,
          })),
      };
    }

    it('gives places in the order of announcing, and the same ones again until they are marked', async () => {
      const { announce, next, outbox } = await anOutbox();
      await announce('a', 'b');
      await announce('c');
      const first = await next(2);
      expect(first.map((row) => row.name)).toEqual(['a', 'b']);
      expect(await next(2)).toEqual(first);

      await outbox.markPublished(first.map((row, index) => ({ relaySeq: row.relaySeq, streamSeq: index + 1 })));
      const second = await next(2);
      expect(second.map((row) => row.name)).toEqual(['c']);
      expect(second[0]!.relaySeq).toBeGreaterThan(first[1]!.relaySeq);
      expect(await outbox.lag()).toMatchObject({ rows: 1 });
    });

    it('knows what is the last that the stream holds, and what was left before it', async () => {
      const { announce, next, outbox } = await anOutbox();
      expect(await outbox.lastPublished()).toBeUndefined();
      await announce('a', 'b', 'c');
      const [a, b] = await next(3);
      await outbox.markPublished([{ relaySeq: a!.relaySeq, streamSeq: 7 }]);
      expect(await outbox.lastPublished()).toEqual({ relaySeq: a!.relaySeq, eventId: a!.eventId, streamSeq: 7 });
      expect((await outbox.leftBatch(9))[0]).toMatchObject({ eventId: b!.eventId });
    });

    it('gives places beyond what the stream holds already', async () => {
      const { announce, next, outbox } = await anOutbox();
      await announce('a');
      await outbox.placeBeyond(500);
      const [a] = await next(1);
      await outbox.placeBeyond(3);
      await outbox.markPublished([{ relaySeq: a!.relaySeq, streamSeq: 1 }]);
      await announce('b');
      expect([a!.relaySeq, (await next(1))[0]!.relaySeq]).toEqual([501, 502]);
    });

    it('publishes again what a shortened stream lost, before what is new', async () => {
      const { announce, next, outbox } = await anOutbox();
      await announce('a', 'b', 'c', 'd');
      const batch = await next(4);
      await outbox.markPublished(batch.map((row, index) => ({ relaySeq: row.relaySeq, streamSeq: index + 1 })));
      await announce('e');
      expect(await outbox.republishAfter(batch[0]!.relaySeq, 3)).toBe(2);
      expect((await next(9)).map((row) => row.name)).toEqual(['c', 'd']);
    });

    it('is bounded: when full, the change is refused as if the database were away', async () => {
      const { announce, next, outbox, unitOfWork } = await anOutbox({ outboxLimit: 2 });
      await announce('a', 'b');
      const error: unknown = await announce('c').catch((each: unknown) => each);
      expect(error).toBeInstanceOf(OutboxFull);
      expect(isDatabaseAway(error)).toBe(true);
      await expect(unitOfWork.run((tx) => tx.query('SELECT 1 AS silent'))).resolves.toHaveLength(1);

      const rows = await next(2);
      await outbox.markPublished(rows.map((row) => ({ relaySeq: row.relaySeq, streamSeq: 1 })));
      await expect(announce('c')).resolves.toBeUndefined();
    });

    it('forgets what was published two days ago, and nothing else', async () => {
      const { announce, next, outbox, housekeeping, database } = await anOutbox();
      await announce('old', 'new', 'waiting');
      const rows = await next(2);
      await outbox.markPublished(rows.map((row, index) => ({ relaySeq: row.relaySeq, streamSeq: index })));
      await database.query(
        `UPDATE outbox SET published_at = published_at - interval '49 hours' WHERE body LIKE '%"old"%'`,
      );
      expect(await housekeeping.sweep()).toBe(1);
      expect(await housekeeping.sweep()).toBe(0);
      expect(await database.query(`SELECT count(*) AS n FROM outbox`)).toEqual([{ n: 2 }]);
    });
  });

  it('the inbox lets a durable handle an event once', async () => {
    const [a, b] = [opened.ids.uuid(), opened.ids.uuid()];
    const claim = (durable: string, ids: string[]) =>
      opened.unitOfWork.run(async (tx) => {
        const received = ids.map((eventId, index) => ({ eventId, streamSeq: index + 1 }));
        return [...(await opened.inbox.claim(tx, durable, received))];
      });
    expect(await claim('d1', [a, a])).toEqual([a]);
    expect(await claim('d1', [b, a])).toEqual([b]);
    expect(await claim('d2', [a])).toEqual([a]);
    // Of the same event twice in a batch, the place further on counts.
    expect(await opened.inbox.furthest(opened.database, 'd1')).toEqual({ eventId: a, streamSeq: 2 });
    await opened.inbox.forgetPlaces(opened.database, 'd1');
    expect(await opened.inbox.furthest(opened.database, 'd1')).toBeUndefined();
  });

  it('a dead letter is kept once, with its bytes', async () => {
    const letter = {
      durable: 'things-forget',
      subject: 'events.x',
      streamSeq: 9,
      body: new Uint8Array([0, 255]),
      headers: { a: ['b'] },
      reason: 'rubbish',
    };
    for (const reason of ['rubbish', 'still rubbish'])
      await opened.unitOfWork.run((tx) => opened.deadLetters.insert(tx, { ...letter, reason }));
    const rows = await opened.database.query(`SELECT body, headers, reason FROM dead_letter`);
    expect(rows).toEqual([{ body: Buffer.from([0, 255]), headers: { a: ['b'] }, reason: 'still rubbish' }]);
  });

  describe('a lock', () => {
    it('is held by one at a time, of this replica or another', async () => {
      const other = await open();
      const inside = await opened.locks.withLock('relay', async () => [
        await opened.locks.withLock('relay', async () => 1),
        await other.locks.withLock('relay', async () => 2),
        await other.locks.withLock('something-else', async () => 3),
      ]);
      expect(inside).toEqual({ held: true, result: [{ held: false }, { held: false }, { held: true, result: 3 }] });
      expect(await other.locks.withLock('relay', async () => 4)).toEqual({ held: true, result: 4 });
    });

    it('is lost with its connection: the work hears of it, and it can be taken again', async () => {
      const lost = opened.locks.withLock('relay', async (signal) => {
        const heard = once(signal);
        await place.cut();
        await heard;
        return isDatabaseAway(signal.reason);
      });
      expect(await lost).toEqual({ held: true, result: true });
      expect(await opened.locks.withLock('relay', async () => 'again')).toEqual({ held: true, result: 'again' });
    });
  });

  it('survives a killed Postgres: changes fail meanwhile, locks are lost, and afterwards everything works', async () => {
    const postgres = await ownPostgres();
    const there = await aSchema(postgres.adminUrl);
    const persistence = await openPersistence({ ...there, migrations: [], entities: [] });
    also.push(persistence);
    const change = () => persistence.unitOfWork.run(async (tx) => void tx.announce(made('kill')));
    let taken = () => undefined as void;
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const lock = persistence.locks.withLock('relay', (signal) => {
      taken();
      return once(signal);
    });
    await isTaken;
    await change();

    await postgres.kill();
    expect(await lock).toMatchObject({ held: true });
    expect(isDatabaseAway(await change().catch((error: unknown) => error))).toBe(true);
    expect(isDatabaseAway(await persistence.locks.withLock('relay', async () => 1).catch((error) => error))).toBe(true);
    expect(isDatabaseAway(await persistence.ready().catch((error: unknown) => error))).toBe(true);

    await postgres.start();
    await change();
    expect(await persistence.locks.withLock('relay', async () => 'again')).toEqual({ held: true, result: 'again' });
    expect(await persistence.outbox.nextBatch(9)).toHaveLength(2);
    await persistence.close();
    await postgres.stop();
  }, 60_000);

  describe('a lost connection', () => {
    it('in the middle of a transaction says that the database is away; the next one works', async () => {
      const cut = opened.unitOfWork.run(async (tx) => {
        await tx.query(`INSERT INTO thing (name) VALUES ('cut')`);
        await place.cut();
        await tx.query('SELECT 1');
      });
      expect(isDatabaseAway(await cut.catch((error: unknown) => error))).toBe(true);
      await opened.unitOfWork.run((tx) => tx.query(`INSERT INTO thing (name) VALUES ('cut')`));
    });

    it('between two statements of its user does not end the process', async () => {
      const client = await opened.pool.connect();
      const lost = new Promise<void>((resolve) => client.once('end', resolve));
      const pid = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
      await opened.database.query('SELECT pg_terminate_backend($1)', [pid]);
      await lost;
      await expect(client.query('SELECT 1')).rejects.toThrow();
      client.release(true);
    });

    it('while idle is not noticed', async () => {
      await opened.ready();
      await place.cut();
      await opened.unitOfWork.run((tx) => tx.query('SELECT 1'));
      await opened.ready();
    });

    it('through TypeORM, and a statement that takes too long, say so too', async () => {
      const slow = await open({ statementTimeoutMs: 100 });
      expect(isDatabaseAway(await slow.database.query('SELECT pg_sleep(5)').catch((error: unknown) => error))).toBe(
        true,
      );
      const cut = opened.unitOfWork.run(async (tx) => {
        await place.cut();
        await tx.manager.query('SELECT 1');
      });
      expect(isDatabaseAway(await cut.catch((error: unknown) => error))).toBe(true);
    });

    it('is told apart from a mistake of ours', async () => {
      const wrong = await opened.database.query('SELECT nothing').catch((error: unknown) => error);
      expect(isDatabaseAway(wrong)).toBe(false);
      expect(isDatabaseAway(new TypeError('x is undefined'))).toBe(false);
    });
  });
});

function once(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener('abort', resolve));
}

/** All wait until the last has come; later comers pass. */
function barrier(count: number): () => Promise<void> {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    if (--count <= 0) open();
    await opened;
  };
}
