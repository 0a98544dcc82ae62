import { CommandsSandbox } from '@muster/contracts';

import { CommandsWorld } from './commands-world.js';

const world = new CommandsWorld();
const empty = (account: string) =>
  world.rpc(CommandsSandbox.method.emptyAccount, { account, madeUntilMs: BigInt(Date.now()) });

describe('emptying an account', () => {
  it('removes its commands, also those under way, and no others', async () => {
    const node = await world.node({}, false);
    const answer = await world.ssm('SendCommand', {
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [node.id],
      Parameters: { commands: ['date'] },
    });
    const { CommandId } = answer['Command'];
    const { account } = world.account;
    expect(await empty('999999999999')).toMatchObject({ removed: { commands: 0 }, more: false });
    expect(await world.ssm('ListCommands', {})).toMatchObject({ Commands: [{ CommandId }] });

    expect(await empty(account)).toMatchObject({ removed: { commands: 1 }, more: false });
    expect(await world.ssm('ListCommands', {})).toEqual({ Commands: [] });
    for (const table of ['command', 'invocation', 'step', 'output_stream'])
      expect(await world.sql(`SELECT * FROM ${table}`)).toEqual([]);
    expect(await empty(account)).toMatchObject({ removed: { commands: 0 }, more: false });
  });

  it('removes outputs from where they lie before it forgets them', async () => {
    const node = await world.node({}, false);
    await world.ssm('SendCommand', {
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [node.id],
      Parameters: { commands: ['date'] },
    });
    await world.sql(
      `INSERT INTO output_stream (invocation_id, step, stream, kept_bytes, state, object_key, object_length)
       SELECT id, 'step', 'stdout', 3, 'whole', 'no/such/object', 3 FROM invocation RETURNING step`,
    );
    expect(await empty(world.account.account)).toMatchObject({ removed: { commands: 0 }, more: true });
    expect(await world.sql('SELECT * FROM output_stream')).toEqual([]);
    expect(await empty(world.account.account)).toMatchObject({ removed: { commands: 1 }, more: false });
  });

  it('knows every table in which something is of an account', async () => {
    const tables = await world.sql(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'commands' AND column_name = 'account' ORDER BY table_name`,
    );
    // One more? Then emptying an account removes what lies in it, or says why it stays.
    expect(tables.map(({ name }) => name as string)).toEqual(['command', 'invocation']);
  });
});
