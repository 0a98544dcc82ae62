import { defineEvent } from '@muster/contracts';
import { AnsweredBefore, type Persistence, type Tx, openPersistence } from '@muster/persistence';
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { testServers } from '../src/index.js';
import { aSchema } from './a-schema.js';

class CreateCounter1763800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE counter (name text COLLATE "C" PRIMARY KEY, value bigint NOT NULL CHECK (value >= 0))`,
    );
  }
  async down(): Promise<void> {}
}

const counted = defineEvent<{ name: string; value: number }>('counters', 'counted');
const scope = { account: '123456789012', region: 'us-east-1' };

describe('commits that share a transaction', () => {
  let opened: Persistence;
  let transactions: () => Promise<Set<string>>;

  beforeAll(async () => {
    const place = await aSchema((await testServers()).postgres.adminUrl);
    opened = await openPersistence({ ...place, migrations: [CreateCounter1763800000000], entities: [] });
    transactions = async () => {
      const rows = await opened.database.query<{ xmin: string }>(
        `SELECT DISTINCT xmin::text FROM counter WHERE name LIKE 'together-%'`,
      );
      return new Set(rows.map((each) => each.xmin));
    };
  }, 300_000);

  afterAll(() => opened?.close());

  /** Adds one to a counter, as an operation would: locks it, reads it, writes it, tells of it. */
  const add =
    (name: string, by = 1) =>
    async (tx: Tx) => {
      const [found] = await tx.named<{ value: number }>(
        'counter.lock',
        'SELECT value FROM counter WHERE name = $1 FOR UPDATE',
        [name],
      );
      const value = (found?.value ?? 0) + by;
      if (name.startsWith('refused')) throw new Error(`${name} is refused`);
      await tx.named(
        'counter.set',
        'INSERT INTO counter VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        [name, value],
      );
      tx.announce(counted(scope, name, { name, value }));
      return { value };
    };
  const commit = (name: string, more: { invocationId?: string; by?: number } = {}) => {
    const retry = more.invocationId && {
      principal: 'p',
      operation: 'add',
      bodyHash: name,
      invocationId: more.invocationId,
    };
    return opened.unitOfWork.commit(retry ? { retry } : {}, add(name, more.by), { scope: 'one', thing: name });
  };
  const valueOf = async (name: string) =>
    (await opened.database.query<{ value: number }>('SELECT value FROM counter WHERE name = $1', [name]))[0]?.value;
  const eventsOf = (name: string) =>
    opened.database.query('SELECT FROM outbox WHERE body LIKE $1', [`%"subject":"${name}"%`]);

  it('are one transaction, each with its answer and its event', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `together-${index}`);
    expect(await Promise.all(names.map((name) => commit(name)))).toEqual(names.map(() => ({ value: 1 })));
    expect((await transactions()).size).toBe(1);
    for (const name of names) expect(await eventsOf(name)).toHaveLength(1);
  });

  it('lose no update of the same thing', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => commit('same')));
    expect(answers.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await valueOf('same')).toBe(10);
    expect(await eventsOf('same')).toHaveLength(10);
  });

  it('fail alone: with an error of their own, or a statement that Postgres refuses', async () => {
    const outcomes = await Promise.allSettled([
      commit('fine-1'),
      commit('refused-1'),
      commit('broken', { by: -5 }),
      commit('fine-2'),
      commit('refused-2'),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { value: 1 } },
      { reason: { message: 'refused-1 is refused' } },
      { reason: { message: expect.stringContaining('counter_value_check') } },
      { status: 'fulfilled', value: { value: 1 } },
      { reason: { message: 'refused-2 is refused' } },
    ]);
    for (const name of ['refused-1', 'broken', 'refused-2']) {
      expect(await valueOf(name)).toBeUndefined();
      expect(await eventsOf(name)).toHaveLength(0);
    }
    for (const name of ['fine-1', 'fine-2']) expect(await eventsOf(name)).toHaveLength(1);
  });

  it('repeat the answer of a call that is retried, also within the same group', async () => {
    const invocationId = 'an-invocation';
    const first = await Promise.allSettled([
      commit('retried', { invocationId }),
      commit('retried', { invocationId }),
      commit('beside', { invocationId: 'another' }),
    ]);
    const again = await Promise.allSettled([commit('retried', { invocationId }), commit('beside')]);
    expect([...first, ...again]).toMatchObject([
      { value: { value: 1 } },
      { reason: { name: 'AnsweredBefore', answer: { value: 1 } } },
      { value: { value: 1 } },
      { reason: expect.any(AnsweredBefore) },
      { value: { value: 2 } },
    ]);
    expect(await valueOf('retried')).toBe(1);
  });

  it('of two replicas that lock the same things never stand in each other’s way for ever', async () => {
    const { url, schema } = await aSchema((await testServers()).postgres.adminUrl);
    const replicas = await Promise.all(
      [1, 2].map(() => openPersistence({ url, schema, migrations: [CreateCounter1763800000000], entities: [] })),
    );
    const names = Array.from({ length: 15 }, (_, index) => `shared-${index}`);
    await replicas[0]!.database.query('INSERT INTO counter SELECT name, 0 FROM unnest($1::text[]) AS name', [names]);
    const rounds = [...names, ...names].flatMap((name) =>
      replicas.map((each) => each.unitOfWork.commit({}, add(name), { scope: 'one', thing: name })),
    );
    await Promise.all(rounds);
    const rows = await replicas[0]!.database.query<{ value: number }>('SELECT DISTINCT value FROM counter');
    expect(rows).toEqual([{ value: 4 }]);
    for (const each of replicas) await each.close();
  });
});
