import { Parameters } from '@muster/contracts';
import { aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

describe('tags of a parameter', () => {
  const service = serviceUnderTest(ParametersModule);

  async function aTaggedParameter() {
    const made = service.newAccount();
    await made.ssm('PutParameter', aParameter({ Name: 'db', Tags: [{ Key: 'role', Value: 'web' }] }));
    const { account, region } = made;
    const tagsOf = (name: string) => service.rpc(Parameters.method.tagsOf, { account, region, name });
    const change = (name: string, how: { set?: Record<string, string>; remove?: string[] }) =>
      service.rpc(Parameters.method.changeTags, { account, region, name, ...how });
    return { ...made, tagsOf, change };
  }

  it('are told and changed by name, with the slash and without, and by ARN', async () => {
    const { account, tagsOf, change, events } = await aTaggedParameter();
    const arn = `arn:aws:ssm:us-east-1:${account}:parameter/db`;
    for (const name of ['db', '/db', arn])
      expect(await tagsOf(name)).toMatchObject({ arn, exists: true, tags: { role: 'web' } });
    expect(await change('/db', { set: { env: 'prod' }, remove: ['role'] })).toMatchObject({ exists: true });
    expect(await tagsOf('db')).toMatchObject({ tags: { env: 'prod' } });
    await events.next('parameters.tags-changed', { subject: arn, data: { name: 'db', tags: { env: 'prod' } } });
  });

  it('are of this account alone, and of what is there', async () => {
    const { account } = await aTaggedParameter();
    const { tagsOf, change } = await aTaggedParameter();
    const foreign = `arn:aws:ssm:us-east-1:${account}:parameter/db`;
    for (const name of ['/none', '/db:1', foreign]) {
      expect(await tagsOf(name)).toMatchObject({ exists: false, tags: {} });
      expect(await change(name, { set: { a: 'b' } })).toMatchObject({ exists: false });
    }
    await expect(tagsOf('no name')).rejects.toMatchObject({ code: 'InvalidResourceId' });
    expect(await tagsOf('/db')).toMatchObject({ tags: { role: 'web' } });
  });

  it('are 50 at most, and none of the reserved ones', async () => {
    const { change, tagsOf } = await aTaggedParameter();
    const set = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 'v']));
    await expect(change('/db', { set })).rejects.toMatchObject({ code: 'TooManyTagsError' });
    await expect(change('/db', { set: { 'aws:x': 'v' } })).rejects.toMatchObject({ code: 'ValidationException' });
    expect(await tagsOf('/db')).toMatchObject({ tags: { role: 'web' } });
  });

  it('decide who may read it, from the moment they are changed', async () => {
    const { ssm, user, change } = await aTaggedParameter();
    const caller = user('web', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'ssm:GetParameter',
        Resource: '*',
        Condition: { StringEquals: { 'ssm:resourceTag/role': 'web' } },
      },
    });
    const read = () => ssm('GetParameter', { Name: 'db' }, { caller });
    expect(await read()).toMatchObject({ Parameter: { Name: 'db' } });
    await change('db', { set: { role: 'batch' } });
    await expect(read()).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  it('that a new parameter is to have are part of the decision', async () => {
    const { ssm, user } = service.newAccount();
    const caller = user('tagger', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: ['ssm:PutParameter', 'ssm:AddTagsToResource'],
        Resource: '*',
        Condition: {
          StringEquals: { 'aws:RequestTag/team': 'blue' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
        },
      },
    });
    const put = (...Tags: { Key: string; Value: string }[]) => ssm('PutParameter', aParameter({ Tags }), { caller });
    await put({ Key: 'team', Value: 'blue' });
    const denied = { code: 'AccessDeniedException' };
    await expect(put()).rejects.toMatchObject(denied);
    await expect(put({ Key: 'team', Value: 'red' })).rejects.toMatchObject(denied);
    await expect(put({ Key: 'team', Value: 'blue' }, { Key: 'x', Value: 'y' })).rejects.toMatchObject(denied);
  });
});
