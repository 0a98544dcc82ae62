import { ParametersSandbox } from '@muster/contracts';
import { Database } from '@muster/persistence';
import { aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

describe('emptying an account', () => {
  const service = serviceUnderTest(ParametersModule);
  const empty = (account: string, madeUntilMs = BigInt(Date.now())) =>
    service.rpc(ParametersSandbox.method.emptyAccount, { account, madeUntilMs });
  const database = () => service.running().get(Database);

  /** Tables in which something is of an account; `parameter_share` says with whom others share, a `watch` that ended goes by itself. */
  async function tablesOfAccounts(): Promise<string[]> {
    const rows = await database().query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'parameters' AND column_name = 'account' AND table_name NOT IN ('parameter_share', 'watch')`,
    );
    return rows.map(({ name }) => name);
  }

  it('removes its parameters in all regions, with their events, and no others', async () => {
    const one = service.newAccount();
    const other = service.newAccount();
    await one.ssm('PutParameter', aParameter({ Name: '/a/b' }));
    await one.ssm('PutParameter', { Name: '/a/b', Value: '2', Overwrite: true });
    await one.ssm('LabelParameterVersion', { Name: '/a/b', Labels: ['live'] });
    await one.ssm('PutParameter', aParameter({ Name: '/secret', Type: 'SecureString' }));
    await other.ssm('PutParameter', aParameter({ Name: '/a/b' }));
    await one.ssm('UpdateServiceSetting', {
      SettingId: '/ssm/parameter-store/high-throughput-enabled',
      SettingValue: 'true',
    });

    expect(await empty(one.account)).toMatchObject({ removed: { parameters: 2 }, more: false });
    await expect(one.ssm('GetParameter', { Name: '/a/b' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    expect(await other.ssm('GetParameter', { Name: '/a/b' })).toMatchObject({ Parameter: { Name: '/a/b' } });
    await one.events.next('parameters.changed', { data: { name: '/a/b', operation: 'Delete' } });
    for (const table of await tablesOfAccounts()) {
      const left = await database().query(`SELECT FROM ${table} WHERE account = $1`, [one.account]);
      expect({ table, left: left.length }).toEqual({ table, left: 0 });
    }
    expect(await empty(one.account)).toMatchObject({ removed: { parameters: 0 }, more: false });
  });

  it('leaves what was made later', async () => {
    const { ssm, account } = service.newAccount();
    const before = BigInt(Date.now() - 1);
    await ssm('PutParameter', aParameter({ Name: '/new' }));
    expect(await empty(account, before)).toMatchObject({ removed: { parameters: 0 } });
    expect(await ssm('GetParameter', { Name: '/new' })).toMatchObject({ Parameter: { Name: '/new' } });
  });

  it('never means what is of no account, as public parameters are', async () => {
    await database().query(
      `WITH made AS (
         INSERT INTO parameter (id, account, region, path, parent, name, version, tags, created_at)
         VALUES (gen_random_uuid(), '', 'us-east-1', '/aws/service/x', '/aws/service', '/aws/service/x', 1, '{}', now())
         RETURNING id)
       INSERT INTO parameter_version (parameter_id, number, type, value, tier, data_type, last_modified_at, last_modified_by)
       SELECT id, 1, 'String', 'v', 'Standard', 'text', now(), 'x' FROM made RETURNING number`,
    );
    for (const account of ['', '%', '123']) await expect(empty(account)).rejects.toMatchObject({ status: 500 });
    expect(await database().query(`SELECT FROM parameter WHERE account = ''`)).not.toHaveLength(0);
  });

  it('goes on where a batch ends', async () => {
    const { ssm, account } = service.newAccount();
    await Promise.all(
      Array.from({ length: 205 }, (_, index) => ssm('PutParameter', aParameter({ Name: `/many/${index}` }))),
    );
    expect(await empty(account)).toMatchObject({ removed: { parameters: 200 }, more: true });
    expect(await empty(account)).toMatchObject({ removed: { parameters: 5 }, more: false });
  });
});
