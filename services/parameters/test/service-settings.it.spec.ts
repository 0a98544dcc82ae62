import { aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

const TIER = '/ssm/parameter-store/default-parameter-tier';

describe('service settings', () => {
  // Three, so that a test reaches the limit at which Intelligent-Tiering goes to Advanced.
  const service = serviceUnderTest(ParametersModule, { env: { MUSTER_PARAMETERS_STANDARD_PARAMETERS: '3' } });

  function newAccount() {
    const made = service.newAccount();
    const { ssm } = made;
    const set = (SettingId: string, SettingValue: string) => ssm('UpdateServiceSetting', { SettingId, SettingValue });
    const put = async (more: object = {}) => (await ssm<{ Tier: string }>('PutParameter', aParameter(more))).Tier;
    return { ...made, set, put };
  }

  it('are as AWS has them until somebody changes them, and again after a reset', async () => {
    const { ssm, account, caller, set, events } = newAccount();
    const ARN = `arn:aws:ssm:us-east-1:${account}:servicesetting${TIER}`;
    const byDefault = {
      ServiceSetting: { SettingId: TIER, SettingValue: 'Standard', LastModifiedUser: 'System', ARN, Status: 'Default' },
    };
    expect(await ssm('GetServiceSetting', { SettingId: TIER })).toEqual(byDefault);

    expect(await set(ARN, 'Advanced')).toEqual({});
    expect(await ssm('GetServiceSetting', { SettingId: ARN })).toEqual({
      ServiceSetting: {
        SettingId: TIER,
        SettingValue: 'Advanced',
        LastModifiedDate: expect.any(Number) as number,
        LastModifiedUser: caller.arn,
        ARN,
        Status: 'Customized',
      },
    });
    expect(await ssm('ResetServiceSetting', { SettingId: TIER })).toEqual(byDefault);
    expect(await ssm('GetServiceSetting', { SettingId: TIER })).toEqual(byDefault);
    const changed = { settingId: TIER, value: 'Advanced', status: 'Customized' };
    await events.next('parameters.service-setting-changed', { subject: ARN, data: changed });
    await events.next('parameters.service-setting-changed', {
      data: { ...changed, value: 'Standard', status: 'Default' },
    });
  });

  it.each([
    ['/ssm/appmanager/appmanager-enabled', 'True'],
    ['/ssm/automation/customer-script-log-destination', 'CloudWatch'],
    ['/ssm/automation/customer-script-log-group-name', '/my/logs'],
    ['/ssm/automation/enable-adaptive-concurrency', 'True'],
    ['/ssm/documents/console/public-sharing-permission', 'Disable'],
    ['/ssm/managed-instance/activation-tier', 'advanced'],
    ['/ssm/managed-instance/default-ec2-instance-management-role', 'service-role/Nodes'],
    ['/ssm/opsinsights/opscenter', 'Enabled'],
    ['/ssm/parameter-store/high-throughput-enabled', 'true'],
  ])('%s can be %s, and nothing that it means nothing to', async (SettingId, value) => {
    const { ssm, set } = newAccount();
    await set(SettingId, value);
    expect(await ssm('GetServiceSetting', { SettingId })).toMatchObject({ ServiceSetting: { SettingValue: value } });
    await expect(set(SettingId, '?!')).rejects.toMatchObject({ code: 'ValidationException' });
  });

  it('are of one account and region, and only those that there are', async () => {
    const { set, ssm } = newAccount();
    const other = newAccount();
    await set(TIER, 'Advanced');
    const read = other.ssm('GetServiceSetting', { SettingId: TIER });
    expect(await read).toMatchObject({ ServiceSetting: { Status: 'Default' } });
    const theirs = `arn:aws:ssm:us-east-1:${other.account}:servicesetting${TIER}`;
    for (const SettingId of ['/ssm/none', theirs, 'toString'])
      for (const [operation, more] of [
        ['GetServiceSetting', {}],
        ['ResetServiceSetting', {}],
        ['UpdateServiceSetting', { SettingValue: 'Advanced' }],
      ] as const)
        await expect(ssm(operation, { SettingId, ...more })).rejects.toMatchObject({ code: 'ServiceSettingNotFound' });
  });

  it('are changed by who may: decided on the ARN, and a role has to be passed', async () => {
    const { ssm, user, account } = newAccount();
    const setting = (id: string) => `arn:aws:ssm:us-east-1:${account}:servicesetting${id}`;
    const role = '/ssm/managed-instance/default-ec2-instance-management-role';
    const caller = user('ops', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ssm:UpdateServiceSetting', Resource: [setting(TIER), setting(role)] },
        { Effect: 'Allow', Action: 'iam:PassRole', Resource: `arn:aws:iam::${account}:role/Nodes` },
      ],
    });
    const set = (SettingId: string, SettingValue: string) =>
      ssm('UpdateServiceSetting', { SettingId, SettingValue }, { caller });
    const denied = { code: 'AccessDeniedException' };
    await set(TIER, 'Advanced');
    await set(role, 'Nodes');
    await expect(set(role, 'Administrators')).rejects.toMatchObject(denied);
    await expect(set('/ssm/opsinsights/opscenter', 'Enabled')).rejects.toMatchObject(denied);
    await expect(ssm('ResetServiceSetting', { SettingId: TIER }, { caller })).rejects.toMatchObject(denied);
  });

  describe('the tier of parameters that ask for none', () => {
    it('is the one that is set, from the answer on', async () => {
      const { set, ssm, put } = newAccount();
      expect(await put({ Name: '/before' })).toBe('Standard');
      await set(TIER, 'Advanced');
      expect(await put()).toBe('Advanced');
      expect(await put({ Tier: 'Standard' })).toBe('Standard');
      expect(await put({ Name: '/before', Overwrite: true })).toBe('Standard');
      await ssm('ResetServiceSetting', { SettingId: TIER });
      expect(await put()).toBe('Standard');
    });

    it('may be intelligent: Advanced where the value needs it, also for an old one, and never stored as such', async () => {
      const { set, put, ssm } = newAccount();
      await set(TIER, 'Intelligent-Tiering');
      const large = 'x'.repeat(4097);
      expect(await put({ Name: '/grows' })).toBe('Standard');
      expect(await put({ Value: large })).toBe('Advanced');
      expect(await put({ Name: '/grows', Value: large, Overwrite: true })).toBe('Advanced');
      expect(await put({ Name: '/grows', Overwrite: true })).toBe('Advanced');
      expect(await ssm('GetParameterHistory', { Name: '/grows' })).toMatchObject({
        Parameters: [{ Tier: 'Standard' }, { Tier: 'Advanced' }, { Tier: 'Advanced' }],
      });
    });

    it('is Advanced when it is intelligent and there are as many standard ones as may be', async () => {
      const { put, ssm } = newAccount();
      const Tier = 'Intelligent-Tiering';
      for (const name of ['/1', '/2', '/3']) expect(await put({ Name: name, Tier })).toBe('Standard');
      expect(await put({ Tier })).toBe('Advanced');
      expect(await put({ Name: '/1', Tier, Overwrite: true })).toBe('Standard');
      // Who asks for Standard gets it: there is no limit on their number.
      expect(await put({ Tier: 'Standard' })).toBe('Standard');
      await put({ Name: '/2', Tier: 'Advanced', Overwrite: true });
      await ssm('DeleteParameter', { Name: '/3' });
      expect(await put({ Tier })).toBe('Standard');
    });
  });
});
