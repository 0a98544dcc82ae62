import { busUsers } from '@muster/bus';
import pg from 'pg';

import { testDeployment, type TestDeployment } from '../src/index.js';

const schemas = [{ name: 'parameters', migrations: [] }];

describe('a test deployment', () => {
  let one: TestDeployment;
  let other: TestDeployment;
  beforeAll(async () => {
    [one, other] = await Promise.all([testDeployment({ schemas }), testDeployment({ schemas })]);
  });
  afterAll(async () => {
    await one.close();
    await other.close();
  });

  it('has accounts of its own: nobody of another one hears what is said', async () => {
    const said = { publish: ['greeting'], subscribe: [] };
    const heard = { publish: [], subscribe: ['greeting'] };
    const [here, there] = await Promise.all([
      one.connectAs('core', 'ear', heard),
      other.connectAs('core', 'ear', heard),
    ]);
    const messages: string[] = [];
    for (const [where, ear] of [
      ['here', here],
      ['there', there],
    ] as const) {
      ear.subscribe('greeting', { callback: () => void messages.push(where) });
      await ear.flush();
    }

    const mouth = await one.connectAs('core', 'mouth', said);
    mouth.publish('greeting');
    await mouth.flush();
    await Promise.all([here.flush(), there.flush()]);

    expect(messages).toEqual(['here']);
  });

  it('has a migrated database in which a role sees its own schema alone', async () => {
    const client = new pg.Client({ connectionString: one.env['MUSTER_PARAMETERS_DATABASE_URL'] });
    await client.connect();
    const { rows } = await client.query<{ schemaname: string }>(
      `SELECT DISTINCT schemaname FROM pg_tables WHERE tablename = 'outbox'`,
    );
    await expect(client.query('CREATE TABLE public.intruder ()')).rejects.toThrow('permission denied');
    await client.end();

    expect(rows).toEqual([{ schemaname: 'parameters' }]);
    expect(one.databaseUrl).not.toBe(other.databaseUrl);
  });

  it('knows every user of the bus', async () => {
    for (const user of Object.keys(busUsers)) {
      const connection = await one.connect(user);
      await connection.flush();
    }
  });
});
