import { type TestAccount, aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

describe('labels', () => {
  const service = serviceUnderTest(ParametersModule, { env: { MUSTER_PARAMETERS_VERSIONS_PER_PARAMETER: '100' } });

  /** An account with a parameter of so many versions; their numbers are their values. */
  async function withVersions(Name: string, count: number): Promise<TestAccount> {
    const account = service.newAccount();
    for (let n = 1; n <= count; n++) {
      await account.ssm('PutParameter', aParameter({ Name, Value: `${n}`, Overwrite: n > 1, Description: 'labelled' }));
    }
    return account;
  }

  async function labelsOf({ ssm }: TestAccount, Name: string): Promise<Record<number, string[]>> {
    const { Parameters } = await ssm<{ Parameters: { Version: number; Labels: string[] }[] }>('GetParameterHistory', {
      Name,
    });
    return Object.fromEntries(Parameters.map(({ Version, Labels }) => [Version, Labels]));
  }

  it('belong to one version at a time, and choose it', async () => {
    const account = await withVersions('/db/host', 3);
    const { ssm } = account;
    const give = (ParameterVersion: number, ...Labels: string[]) =>
      ssm('LabelParameterVersion', { Name: '/db/host', ParameterVersion, Labels });

    expect(await give(1, 'prod', 'first')).toEqual({ ParameterVersion: 1, InvalidLabels: [] });
    expect(await ssm('GetParameter', { Name: '/db/host:prod' })).toMatchObject({
      Parameter: { Name: '/db/host', Value: '1', Version: 1, Selector: ':prod' },
    });
    expect(await give(2, 'prod')).toEqual({ ParameterVersion: 2, InvalidLabels: [] });
    expect(await ssm('GetParameter', { Name: '/db/host:prod' })).toMatchObject({ Parameter: { Version: 2 } });
    expect(await labelsOf(account, '/db/host')).toEqual({ 1: ['first'], 2: ['prod'], 3: [] });

    const Names = ['/db/host:prod', '/db/host:first', '/db/host:none', '/db/host'];
    expect(await ssm('GetParameters', { Names })).toMatchObject({
      Parameters: [
        { Version: 1, Selector: ':first' },
        { Version: 2, Selector: ':prod' },
        { Version: 3, Value: '3' },
      ],
      InvalidParameters: ['/db/host:none'],
    });
    await expect(ssm('GetParameter', { Name: '/db/host:none' })).rejects.toMatchObject({
      code: 'ParameterVersionNotFound',
      message: 'Systems Manager could not find version none of /db/host. Verify the version and try again.',
    });
  });

  it('go to the newest version when none is named, and are announced once', async () => {
    const { ssm, events, account } = await withVersions('/n', 2);
    const input = { Name: 'n', Labels: ['live', 'blue'] };
    expect(await ssm('LabelParameterVersion', input)).toMatchObject({ ParameterVersion: 2 });
    // It has them: nothing changes.
    expect(await ssm('LabelParameterVersion', input)).toMatchObject({ ParameterVersion: 2 });
    await ssm('UnlabelParameterVersion', { Name: '/n', ParameterVersion: 2, Labels: ['blue'] });

    const about = { name: '/n', type: 'String', description: 'labelled', version: 2 };
    const labelled = await events.next('parameters.changed', { data: { operation: 'LabelParameterVersion' } });
    expect(labelled).toMatchObject({
      subject: `arn:aws:ssm:us-east-1:${account}:parameter/n`,
      data: { ...about, labels: expect.arrayContaining(['live', 'blue']) },
    });
    await events.next('parameters.changed', {
      data: { ...about, operation: 'UnlabelParameterVersion', labels: ['blue'] },
    });
    expect(events.pending().filter(({ data }) => /label/i.test((data as { operation: string }).operation))).toEqual([]);
  });

  it('that are malformed are named, and the others given', async () => {
    const account = await withVersions('/m', 1);
    const Labels = ['ok', '1st', 'aws-x', 'SSM', 'a b', 'ok'];
    expect(await account.ssm('LabelParameterVersion', { Name: '/m', Labels })).toEqual({
      ParameterVersion: 1,
      InvalidLabels: ['1st', 'aws-x', 'SSM', 'a b'],
    });
    expect(await labelsOf(account, '/m')).toEqual({ 1: ['ok'] });
    await expect(account.ssm('LabelParameterVersion', { Name: '/m', Labels: ['x'.repeat(101)] })).rejects.toMatchObject(
      { code: 'ValidationException' },
    );
  });

  it('are 10 at most at one version; one too many gives none', async () => {
    const account = await withVersions('/ten', 2);
    const ten = Array.from({ length: 10 }, (_, index) => `l${index}`);
    await account.ssm('LabelParameterVersion', { Name: '/ten', ParameterVersion: 1, Labels: ten });
    await account.ssm('LabelParameterVersion', { Name: '/ten', ParameterVersion: 2, Labels: ['other'] });
    await expect(
      account.ssm('LabelParameterVersion', { Name: '/ten', ParameterVersion: 1, Labels: ['other', 'l0'] }),
    ).rejects.toMatchObject({
      code: 'ParameterVersionLabelLimitExceeded',
      status: 400,
      message: expect.stringContaining('A parameter version can have maximum 10 labels.'),
    });
    expect(await labelsOf(account, '/ten')).toEqual({ 1: ten, 2: ['other'] });
  });

  it('are taken away from the version that has them', async () => {
    const account = await withVersions('/un', 2);
    const { ssm } = account;
    await ssm('LabelParameterVersion', { Name: '/un', ParameterVersion: 1, Labels: ['a', 'b'] });
    const take = { Name: '/un', ParameterVersion: 1, Labels: ['a', 'c'] };
    expect(await ssm('UnlabelParameterVersion', take)).toEqual({ RemovedLabels: ['a'], InvalidLabels: ['c'] });
    expect(await ssm('UnlabelParameterVersion', { ...take, ParameterVersion: 2, Labels: ['b'] })).toEqual({
      RemovedLabels: [],
      InvalidLabels: ['b'],
    });
    expect(await labelsOf(account, '/un')).toEqual({ 1: ['b'], 2: [] });
    await expect(ssm('UnlabelParameterVersion', { Name: '/un', Labels: ['b'] })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it.each(['LabelParameterVersion', 'UnlabelParameterVersion'])(
    'of what is not there are refused: %s',
    async (operation) => {
      const { ssm } = await withVersions('/there', 1);
      const input = { ParameterVersion: 7, Labels: ['a'] };
      await expect(ssm(operation, { ...input, Name: '/gone' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
      await expect(ssm(operation, { ...input, Name: '/there:1' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
      await expect(ssm(operation, { ...input, Name: '/there' })).rejects.toMatchObject({
        code: 'ParameterVersionNotFound',
        message: 'Systems Manager could not find version 7 of /there. Verify the version and try again.',
      });
    },
  );

  it('need their own permission, on the parameter', async () => {
    const { ssm, user, account } = await withVersions('/mine', 1);
    await ssm('PutParameter', aParameter({ Name: '/yours' }));
    const Statement = [
      {
        Effect: 'Allow',
        Action: ['ssm:LabelParameterVersion'],
        Resource: [`arn:aws:ssm:us-east-1:${account}:parameter/mine`],
      },
    ];
    const caller = user('labeller', { Version: '2012-10-17', Statement });
    await ssm('LabelParameterVersion', { Name: '/mine', Labels: ['a'] }, { caller });
    const denied = { code: 'AccessDeniedException' };
    await expect(ssm('LabelParameterVersion', { Name: '/yours', Labels: ['a'] }, { caller })).rejects.toMatchObject(
      denied,
    );
    const unlabel = { Name: '/mine', ParameterVersion: 1, Labels: ['a'] };
    await expect(ssm('UnlabelParameterVersion', unlabel, { caller })).rejects.toMatchObject(denied);
  });

  it('keep the oldest of 100 versions from being dropped', async () => {
    const { ssm } = await withVersions('/full', 100);
    await ssm('LabelParameterVersion', { Name: '/full', ParameterVersion: 1, Labels: ['keep'] });
    const put = { Name: '/full', Value: 'one more', Overwrite: true };
    await expect(ssm('PutParameter', put)).rejects.toMatchObject({
      code: 'ParameterMaxVersionLimitExceeded',
      message:
        'You attempted to create a new version of /full by calling the PutParameter API with the overwrite flag. ' +
        "Version 1, the oldest version, can't be deleted because it has a label associated with it. Move the label to " +
        'another version of the parameter, and try again.',
    });
    expect(await ssm('GetParameter', { Name: '/full' })).toMatchObject({ Parameter: { Version: 100 } });

    await ssm('LabelParameterVersion', { Name: '/full', ParameterVersion: 2, Labels: ['keep'] });
    expect(await ssm('PutParameter', put)).toMatchObject({ Version: 101 });
    await expect(ssm('GetParameter', { Name: '/full:1' })).rejects.toMatchObject({ code: 'ParameterVersionNotFound' });
    expect(await ssm('GetParameter', { Name: '/full:keep' })).toMatchObject({ Parameter: { Version: 2 } });
  });

  it('go with their parameter', async () => {
    const { ssm } = await withVersions('/again', 1);
    await ssm('LabelParameterVersion', { Name: '/again', Labels: ['old'] });
    await ssm('DeleteParameter', { Name: '/again' });
    await ssm('PutParameter', aParameter({ Name: '/again' }));
    await expect(ssm('GetParameter', { Name: '/again:old' })).rejects.toMatchObject({
      code: 'ParameterVersionNotFound',
    });
  });
});
