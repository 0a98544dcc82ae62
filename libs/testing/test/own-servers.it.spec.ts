import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import pg from 'pg';

import {
  ownNats,
  ownPostgres,
  testDeployment,
  type OwnNats,
  type OwnPostgres,
  type TestDeployment,
} from '../src/index.js';

describe('servers of a file of its own', () => {
  let nats: OwnNats;
  let postgres: OwnPostgres;
  let deployment: TestDeployment;
  beforeAll(async () => {
    [nats, postgres] = await Promise.all([ownNats(), ownPostgres()]);
    deployment = await testDeployment({ nats, postgres, schemas: [{ name: 'parameters', migrations: [] }] });
  }, 30_000);
  afterAll(async () => {
    await deployment.close();
    await Promise.all([nats.stop(), postgres.stop()]);
  });

  it('the broker comes back with accounts and streams, and clients come back to it', async () => {
    const client = await deployment.connectAs('core', 'client', { publish: ['>'], subscribe: ['>'] });
    await jetstream(client).publish('events.1.r.x.y', 'kept');
    const status = client.status()[Symbol.asyncIterator]();
    const reconnected = (async () => {
      for (;;) if ((await status.next()).value?.type === 'reconnect') return;
    })();
    const before = nats.pid;

    await nats.kill();
    await nats.start();
    await reconnected;

    expect(nats.pid).not.toBe(before);
    const info = await (await jetstreamManager(client)).streams.info('EVENTS');
    expect(info.state.messages).toBe(1);
  }, 30_000);

  it('the database comes back with what was committed', async () => {
    const asked = async (sql: string): Promise<object[]> => {
      const client = new pg.Client({ connectionString: deployment.env['MUSTER_PARAMETERS_DATABASE_URL'] });
      await client.connect();
      try {
        return (await client.query<object>(sql)).rows;
      } finally {
        await client.end();
      }
    };
    await asked('CREATE TABLE parameters.kept AS SELECT 1 AS one');

    await postgres.kill();
    await expect(asked('SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await postgres.start();

    expect(await asked('SELECT one FROM parameters.kept')).toEqual([{ one: 1 }]);
  }, 30_000);
});
