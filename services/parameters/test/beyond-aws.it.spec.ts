import type { DiffParameterVersionsResult } from '@muster/aws-protocol';
import { type TestAccount, aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

const allow = (Action: string[], Resource: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});

describe('Parameter Store beyond AWS', () => {
  const service = serviceUnderTest(ParametersModule);

  /** A parameter with a version for each of these. */
  async function withVersions(name: string, ...versions: object[]): Promise<TestAccount> {
    const account = service.newAccount();
    for (const [index, version] of versions.entries()) {
      const overwrite = index > 0 ? { Overwrite: true, Type: undefined } : {};
      await account.ssm('PutParameter', { ...aParameter({ Name: name }), ...overwrite, ...version });
    }
    return account;
  }

  describe('the difference of two versions', () => {
    const diff = (account: TestAccount, input: object, how?: object) =>
      account.call<DiffParameterVersionsResult>('muster', 'DiffParameterVersions', input, how);

    it('shows attributes and lines that were added, removed and changed', async () => {
      const account = await withVersions(
        '/app/settings',
        { Value: 'host=a\nport=1', Description: 'first' },
        { Value: 'host=b\nport=1', Description: 'second', AllowedPattern: '[^!]+' },
      );
      const arn = `arn:aws:ssm:us-east-1:${account.account}:parameter/app/settings`;
      expect(await diff(account, { From: '/app/settings:1' })).toEqual({
        From: { Name: '/app/settings', ARN: arn, Version: 1 },
        To: { Name: '/app/settings', ARN: arn, Version: 2 },
        Attributes: [
          { Attribute: 'Description', From: 'first', To: 'second' },
          { Attribute: 'AllowedPattern', To: '[^!]+' },
        ],
        Value: {
          Changed: true,
          Form: 'Text',
          Lines: [
            { Mark: 'Removed', Text: 'host=a' },
            { Mark: 'Added', Text: 'host=b' },
            { Mark: 'Same', Text: 'port=1' },
          ],
        },
      });
    });

    it('may be one of two parameters', async () => {
      const account = await withVersions('/blue/hosts', { Value: 'a,b', Type: 'StringList' });
      await account.ssm('PutParameter', { Name: '/green/hosts', Value: 'a,c', Type: 'StringList' });
      expect(await diff(account, { From: '/blue/hosts', To: '/green/hosts' })).toMatchObject({
        Attributes: [],
        Value: { Changed: true, Form: 'List', Lines: [{ Mark: 'Same' }, { Mark: 'Removed' }, { Mark: 'Added' }] },
      });
    });

    it('is shown only to who may read both', async () => {
      const account = await withVersions('/open', {});
      await account.ssm('PutParameter', aParameter({ Name: '/closed' }));
      const arn = (path: string) => `arn:aws:ssm:us-east-1:${account.account}:parameter${path}`;
      const alice = account.user(
        'alice',
        allow(['muster:DiffParameterVersions', 'ssm:GetParameterHistory'], ['*']),
        allow(['ssm:GetParameter'], [arn('/open')]),
      );
      await expect(diff(account, { From: '/open', To: '/open' }, { caller: alice })).resolves.toBeDefined();
      await expect(diff(account, { From: '/open', To: '/closed' }, { caller: alice })).rejects.toMatchObject({
        code: 'AccessDeniedException',
      });
      const input = { From: '/open:7' };
      await expect(diff(account, input)).rejects.toMatchObject({ code: 'ParameterVersionNotFound' });
      await expect(diff(account, { From: '/none' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    });
  });

  describe('a rollback', () => {
    const rollBack = (account: TestAccount, Name: string, Selector: string, how?: object) =>
      account.call('muster', 'RollbackParameter', { Name, Selector }, how);

    it('makes a new version that differs in nothing from the earlier one', async () => {
      const account = await withVersions(
        '/app/port',
        { Value: '1', Description: 'a port', AllowedPattern: '\\d+' },
        { Value: 'x', Description: 'a word', AllowedPattern: '' },
      );
      await account.events.next('parameters.changed', { data: { operation: 'Update' } });
      expect(await rollBack(account, '/app/port', '1')).toEqual({ Version: 3, RestoredVersion: 1, Tier: 'Standard' });
      expect(await account.ssm('GetParameter', { Name: '/app/port' })).toMatchObject({
        Parameter: { Value: '1', Version: 3 },
      });
      const difference = await account.call('muster', 'DiffParameterVersions', { From: '/app/port:1' });
      expect(difference).toMatchObject({ To: { Version: 3 }, Attributes: [], Value: { Changed: false } });
      await account.events.next('parameters.changed', { data: { operation: 'Update', description: 'a port' } });
    });

    it('of a secret is sealed anew, and its difference shown only in the clear', async () => {
      const secret = { Type: 'SecureString' };
      const account = await withVersions('/app/pw', { ...secret, Value: 'one' }, { Value: 'two' });
      await rollBack(account, '/app/pw', '1');
      expect(await account.ssm('GetParameter', { Name: '/app/pw', WithDecryption: true })).toMatchObject({
        Parameter: { Value: 'one', Version: 3 },
      });
      const diff = (input: object) => account.call('muster', 'DiffParameterVersions', { From: '/app/pw:2', ...input });
      expect(await diff({})).toMatchObject({ Attributes: [], Value: { Form: 'Hidden' } });
      expect(await diff({ WithDecryption: true })).toMatchObject({
        Value: {
          Changed: true,
          Lines: [
            { Mark: 'Removed', Text: 'two' },
            { Mark: 'Added', Text: 'one' },
          ],
        },
      });
    });

    it('is refused to who may not put it, and of what there is not', async () => {
      const account = await withVersions('/app/port', { Value: '1' }, { Value: '2' });
      const reader = account.user('reader', allow(['muster:*', 'ssm:Get*'], ['*']));
      await expect(rollBack(account, '/app/port', '1', { caller: reader })).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringContaining('ssm:PutParameter'),
      });
      await expect(rollBack(account, '/app/port', '9')).rejects.toMatchObject({ code: 'ParameterVersionNotFound' });
      await expect(rollBack(account, '/none', '1')).rejects.toMatchObject({ code: 'ParameterNotFound' });
      expect(await account.ssm('GetParameter', { Name: '/app/port' })).toMatchObject({ Parameter: { Version: 2 } });
    });
  });
});
