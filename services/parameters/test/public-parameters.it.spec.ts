import type { Caller } from '@muster/iam';
import { type TestAccount, aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

interface Page {
  readonly Parameters: readonly { Name: string; Value: string; ARN: string; Version: number }[];
  readonly NextToken?: string;
}

const PUBLISHER = '900000000001';
const region = 'us-east-1';
const infrastructure = '/aws/service/global-infrastructure';

describe('public parameters', () => {
  const service = serviceUnderTest(ParametersModule, {
    env: { MUSTER_PARAMETERS_PUBLISHER_ACCOUNTS: PUBLISHER, MUSTER_REGIONS: 'us-east-1,eu-west-1' },
  });
  const publisher: Caller = {
    account: PUBLISHER,
    region,
    arn: `arn:aws:iam::${PUBLISHER}:root`,
    userId: PUBLISHER,
    kind: 'Root',
  };
  const arn = (name: string, where = region) => `arn:aws:ssm:${where}::parameter${name}`;

  /** Publishes in a folder of the test's own. */
  function aPublisher() {
    const account = service.newAccount();
    const folder = `/aws/service/${account.account}`;
    const call = (operation: string, input: object, how: object = {}) =>
      account.call<{ Version: number }>('muster', operation, input, { caller: publisher, ...how });
    const publish = (name: string, Value: string, more: object = {}) =>
      call('PublishParameter', { Name: `${folder}/${name}`, Value, ...more });
    return { ...account, folder, call, publish };
  }

  async function allBelow(
    { ssm }: TestAccount,
    Path: string,
    Recursive = false,
  ): Promise<Page['Parameters'][number][]> {
    const all: Page['Parameters'][number][] = [];
    let NextToken: string | undefined;
    do {
      const page: Page = await ssm<Page>('GetParametersByPath', { Path, Recursive, ...(NextToken && { NextToken }) });
      all.push(...page.Parameters);
      NextToken = page.NextToken;
    } while (NextToken);
    return all;
  }

  it('are read by every account, by name and by the ARN with no account in it', async () => {
    const { folder, publish, ssm } = aPublisher();
    const reader = service.newAccount();
    await publish('ami/latest', 'ami-1', { Description: 'the newest' });
    const Name = `${folder}/ami/latest`;
    for (const asked of [Name, arn(Name), `${Name}:1`])
      expect(await reader.ssm('GetParameter', { Name: asked })).toMatchObject({
        Parameter: { Name, Value: 'ami-1', ARN: arn(Name), Version: 1, Type: 'String' },
      });
    await ssm('PutParameter', aParameter({ Name: '/own' }));
    expect(await ssm('GetParameters', { Names: [Name, '/own', `${folder}/none`] })).toMatchObject({
      Parameters: [{ Name }, { Name: '/own' }],
      InvalidParameters: [`${folder}/none`],
    });
    expect(await reader.ssm('GetParametersByPath', { Path: folder, Recursive: true })).toMatchObject({
      Parameters: [{ Name }],
    });
    expect(await reader.ssm('GetParameterHistory', { Name })).toMatchObject({ Parameters: [{ Version: 1 }] });
  });

  it('are no part of what an account has', async () => {
    const { folder, publish, ssm, account } = aPublisher();
    await publish('x', '1');
    expect(await ssm('GetParametersByPath', { Path: '/', Recursive: true })).toEqual({ Parameters: [] });
    expect(await ssm('DescribeParameters', {})).toMatchObject({ Parameters: [] });
    const Name = `arn:aws:ssm:us-east-1:${account}:parameter${folder}/x`;
    await expect(ssm('GetParameter', { Name })).rejects.toMatchObject({ code: 'ParameterNotFound' });
  });

  it('are of one region', async () => {
    const { folder, publish, ssm, call } = aPublisher();
    await publish('x', 'here');
    const elsewhere = { region: 'eu-west-1' };
    const read = () => ssm('GetParameter', { Name: `${folder}/x` }, elsewhere);
    await expect(read()).rejects.toMatchObject({ code: 'ParameterNotFound' });
    await call('PublishParameter', { Name: `${folder}/x`, Value: 'there' }, elsewhere);
    expect(await read()).toMatchObject({ Parameter: { Value: 'there', ARN: arn(`${folder}/x`, 'eu-west-1') } });
    expect(await ssm('GetParameter', { Name: `${folder}/x` })).toMatchObject({ Parameter: { Value: 'here' } });
  });

  it('get a new version when they change, and only then', async () => {
    const { publish, ssm, folder } = aPublisher();
    expect(await publish('x', '1')).toMatchObject({ Version: 1 });
    expect(await publish('x', '1')).toMatchObject({ Version: 1 });
    expect(await publish('x', '2')).toMatchObject({ Version: 2 });
    expect(await ssm('GetParameter', { Name: `${folder}/x:1` })).toMatchObject({ Parameter: { Value: '1' } });
  });

  it('are discovered in a list, as long as there are any', async () => {
    const { publish, call, folder, ssm, account } = aPublisher();
    const Name = `/aws/service/list/${account}`;
    await publish('a', '1');
    await publish('b/c', '2');
    expect(await ssm('GetParameter', { Name })).toMatchObject({ Parameter: { Value: `${folder}/` } });
    await call('WithdrawParameter', { Name: `${folder}/a` });
    expect(await ssm('GetParameter', { Name })).toMatchObject({ Parameter: { Value: `${folder}/` } });
    await call('WithdrawParameter', { Name: `${folder}/b/c` });
    await expect(ssm('GetParameter', { Name })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    const again = call('WithdrawParameter', { Name: `${folder}/a` });
    await expect(again).rejects.toMatchObject({ code: 'ParameterNotFound' });
  });

  it('are published and withdrawn by accounts that may, and by nobody else', async () => {
    const { folder, publish, ssm, caller, call, user } = aPublisher();
    await publish('x', '1');
    const denied = { code: 'AccessDeniedException' };
    const change = { Name: `${folder}/x`, Value: '2' };
    // Its own root, who may all in its account; a user of the publisher without a policy; PutParameter for anybody.
    await expect(call('PublishParameter', change, { caller })).rejects.toMatchObject(denied);
    await expect(call('WithdrawParameter', { Name: change.Name }, { caller })).rejects.toMatchObject(denied);
    const nobody = { ...user('nobody'), account: PUBLISHER, arn: `arn:aws:iam::${PUBLISHER}:user/nobody` };
    service.identity!.attach(nobody.arn, []);
    await expect(call('PublishParameter', change, { caller: nobody })).rejects.toMatchObject(denied);
    for (const who of [caller, publisher])
      await expect(ssm('PutParameter', { ...change, Overwrite: true }, { caller: who })).rejects.toMatchObject({
        ...denied,
        message: `No access to reserved parameter name: ${change.Name}.`,
      });
    await expect(ssm('DeleteParameter', { Name: change.Name })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    expect(await ssm('GetParameter', { Name: change.Name })).toMatchObject({ Parameter: { Value: '1', Version: 1 } });
    await expect(publish('a b', '1')).rejects.toMatchObject({ code: 'ValidationException' });
    const outside = call('PublishParameter', { Name: '/app/x', Value: '1' });
    await expect(outside).rejects.toMatchObject({ code: 'ValidationException' });
  });

  it('are decided on by their ARN', async () => {
    const { folder, publish, ssm, user } = aPublisher();
    await publish('x', '1');
    const allow = (Resource: string) => ({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ssm:Get*', Resource },
    });
    const read = (caller: Caller) => ssm('GetParameter', { Name: `${folder}/x` }, { caller });
    const reader = user('reader', allow('arn:aws:ssm:*::parameter/aws/service/*'));
    await read(reader);
    expect(await ssm('GetParametersByPath', { Path: folder }, { caller: reader })).toMatchObject({
      Parameters: [{ Name: `${folder}/x` }],
    });
    const own = user('own', allow('arn:aws:ssm:us-east-1:*:parameter/app/*'));
    await expect(read(own)).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  describe('that are shipped', () => {
    it('tell regions and services, as AWS names them; a second start changes nothing', async () => {
      const account = service.newAccount();
      const loaded = async () =>
        (await account.ssm<Page>('GetParametersByPath', { Path: '/aws/service/list' })).Parameters;
      const { events } = account;
      // The first load is waited for by its event, which goes to who publishes.
      const told = new Promise<void>((resolve) => {
        service.nats.subscribe(`events.${PUBLISHER}.${region}.parameters.catalogue-loaded`, {
          max: 1,
          callback: () => resolve(),
        });
      });
      if ((await loaded()).every(({ Name }) => !Name.endsWith('/global-infrastructure'))) await told;
      events.close();

      const read = async (name: string) =>
        (await account.ssm<{ Parameter: Page['Parameters'][number] }>('GetParameter', { Name: infrastructure + name }))
          .Parameter;
      expect(await read('/regions/eu-west-1/longName')).toMatchObject({ Value: 'Europe (Ireland)', Version: 1 });
      expect(await read('/services/ssm/longName')).toMatchObject({ Value: expect.stringContaining('Systems Manager') });
      expect(await read('/services/ssm/regions/us-east-1')).toMatchObject({ Value: 'us-east-1' });
      const regions = await allBelow(account, `${infrastructure}/regions`);
      expect(regions.length).toBeGreaterThan(30);
      expect(regions.every(({ Name, Value }) => Name.endsWith(`/${Value}`))).toBe(true);

      await service.restart();
      expect(await read('/regions/eu-west-1/longName')).toMatchObject({ Version: 1 });
    });
  });
});
