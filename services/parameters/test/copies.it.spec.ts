import type { ExportParametersResult, ImportParametersResult, MoveParametersResult } from '@muster/aws-protocol';
import { type TestAccount, serviceUnderTest } from '@muster/testing';
import fc from 'fast-check';

import { ParametersModule } from '../src/module.js';

const allow = (Action: string[], Resource: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});

describe('many parameters at once', () => {
  const service = serviceUnderTest(ParametersModule, { env: { MUSTER_PARAMETERS_PARAMETERS_PER_CALL: '30' } });

  const move = (account: TestAccount, input: object, how?: object) =>
    account.call<MoveParametersResult>('muster', 'MoveParameters', input, how);
  const importing = (account: TestAccount, document: object, input: object = {}) =>
    account.call<ImportParametersResult>('muster', 'ImportParameters', {
      Document: JSON.stringify(document),
      ...input,
    });
  async function exported(account: TestAccount, Path: string, input: object = {}): Promise<ExportParametersResult> {
    const pages: ExportParametersResult[] = [];
    let NextToken: string | undefined;
    do {
      const page: ExportParametersResult = await account.call('muster', 'ExportParameters', {
        Path,
        WithDecryption: true,
        MaxResults: 3,
        ...input,
        ...(NextToken ? { NextToken } : {}),
      });
      pages.push(page);
      NextToken = page.NextToken;
    } while (NextToken);
    return { ...pages[0]!, NextToken: undefined, Parameters: pages.flatMap((each) => each.Parameters!) };
  }
  const history = async (account: TestAccount, Name: string) => {
    const { Parameters } = await account.ssm<{ Parameters: object[] }>('GetParameterHistory', {
      Name,
      WithDecryption: true,
    });
    return Parameters;
  };

  /** A subtree with all that parameters can have. */
  async function withSubtree(): Promise<TestAccount> {
    const account = service.newAccount();
    const put = (input: object) => account.ssm('PutParameter', input);
    await put({
      Name: '/app/host',
      Value: 'a',
      Type: 'String',
      Description: 'a host',
      Tags: [{ Key: 'team', Value: 'x' }],
    });
    await put({ Name: '/app/host', Value: 'b', Overwrite: true });
    await account.ssm('LabelParameterVersion', { Name: '/app/host', ParameterVersion: 1, Labels: ['old'] });
    await put({ Name: '/app/db/password', Value: 'one', Type: 'SecureString' });
    await put({ Name: '/app/db/password', Value: 'two', Overwrite: true });
    const Policies = '[{"Type":"Expiration","Version":"1.0","Attributes":{"Timestamp":"2099-01-01T00:00:00Z"}}]';
    await put({ Name: '/app/db/port', Value: '1', Type: 'String', AllowedPattern: '\\d+', Tier: 'Advanced', Policies });
    await put({ Name: '/app', Value: 'x,y', Type: 'StringList' });
    await put({ Name: '/apple', Value: 'not below', Type: 'String' });
    return account;
  }
  const names = ['/app', '/app/db/password', '/app/db/port', '/app/host'];

  describe('a move', () => {
    it('takes a subtree along with history, labels, tags, policies and secrets; there and back changes nothing', async () => {
      const account = await withSubtree();
      const before = await exported(account, '/app');
      const histories = await Promise.all(names.map((name) => history(account, name)));
      const { Moved } = await move(account, { From: '/app', To: '/new/app', Recursive: true });
      expect(Moved).toEqual(names.map((From) => ({ From, To: `/new${From}` })));
      expect(await account.ssm('GetParameter', { Name: '/new/app/db/password', WithDecryption: true })).toMatchObject({
        Parameter: { Value: 'two', Version: 2 },
      });
      expect(await history(account, '/new/app/db/password')).toMatchObject([{ Value: 'one' }, { Value: 'two' }]);
      expect(await account.ssm('GetParameter', { Name: '/new/app/host:old' })).toMatchObject({
        Parameter: { Value: 'a', Version: 1 },
      });
      await expect(account.ssm('GetParameter', { Name: '/app/host' })).rejects.toMatchObject({
        code: 'ParameterNotFound',
      });
      expect(await account.ssm('GetParameter', { Name: '/apple' })).toMatchObject({
        Parameter: { Value: 'not below' },
      });
      for (const [name, operation] of [
        ['/app/host', 'Delete'],
        ['/new/app/host', 'Create'],
      ]) {
        await account.events.next('parameters.changed', { data: { name, operation } });
      }
      await move(account, { From: '/new/app', To: '/app', Recursive: true });
      expect(await exported(account, '/app')).toEqual(before);
      expect(await Promise.all(names.map((name) => history(account, name)))).toEqual(histories);
    });

    it('of one parameter is a renaming', async () => {
      const account = await withSubtree();
      expect(await move(account, { From: '/app/host', To: 'host' })).toEqual({
        Moved: [{ From: '/app/host', To: 'host' }],
      });
      expect(await account.ssm('GetParameter', { Name: '/host' })).toMatchObject({
        Parameter: { Name: 'host', Value: 'b' },
      });
    });

    it('is refused as a whole where something is in the way, is too much, or may not be done', async () => {
      const account = await withSubtree();
      await account.ssm('PutParameter', { Name: '/new/host', Value: 'here', Type: 'String' });
      const input = { From: '/app', To: '/new', Recursive: true };
      for (const DryRun of [true, false]) {
        await expect(move(account, { ...input, DryRun })).rejects.toMatchObject({
          code: 'ParameterAlreadyExists',
          message: expect.stringContaining('/new/host'),
        });
      }
      await expect(move(account, { ...input, To: '/app/below' })).rejects.toMatchObject({
        code: 'ValidationException',
      });
      await expect(move(account, { ...input, To: '/aws/x' })).rejects.toMatchObject({ code: 'AccessDeniedException' });
      await expect(move(account, { From: '/none', To: '/x' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
      const arn = `arn:aws:ssm:us-east-1:${account.account}:parameter/app*`;
      const stuck = account.user('stuck', allow(['*'], [arn, `arn:aws:kms:us-east-1:${account.account}:key/*`]));
      await expect(move(account, { ...input, To: '/else' }, { caller: stuck })).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringContaining('ssm:PutParameter'),
      });
      const dry = await move(account, { ...input, To: '/else', DryRun: true });
      expect(dry.Moved).toHaveLength(4);
      expect((await exported(account, '/app')).Parameters).toHaveLength(4);

      for (let n = 0; n < 31; n++)
        await account.ssm('PutParameter', { Name: `/many/${n}`, Value: 'x', Type: 'String' });
      await expect(move(account, { From: '/many', To: '/m', Recursive: true })).rejects.toMatchObject({
        code: 'TooManyParameters',
        message: expect.stringContaining('30'),
      });
    });
  });

  it('a move tells nobody what is there who may not move it', async () => {
    const account = await withSubtree();
    const nobody = account.user('nobody');
    for (const [From, To] of [
      ['/app', '/else'],
      ['/app', '/aws/x'],
      ['/app', `/${'x'.repeat(950)}`],
      ['/nothing', '/else'],
    ]) {
      const asked = move(account, { From, To, Recursive: true }, { caller: nobody });
      await expect(asked).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringMatching(
          new RegExp(`muster:MoveParameters on resource: arn:aws:ssm:us-east-1:${account.account}:parameter${From} `),
        ),
      });
    }
  });

  describe('an export', () => {
    it('is imported to the same, also elsewhere', async () => {
      const account = await withSubtree();
      const document = await exported(account, '/app');
      expect(document).toMatchObject({ Format: 'muster.parameters/1', Path: '/app' });
      const other = service.newAccount();
      expect(await importing(other, document, { Path: '/copy' })).toMatchObject({
        Created: names.map((name) => name.replace('/app', '/copy')),
        Updated: [],
      });
      const copy = await exported(other, '/copy');
      const plain = ({ Parameters }: ExportParametersResult, path: string) =>
        Parameters!.map(({ ARN: _arn, Version: _version, Name, ...rest }) => ({
          ...rest,
          Name: Name!.replace(path, ''),
        }));
      expect(plain(copy, '/copy')).toEqual(plain(document, '/app'));
    });

    it('leaves secrets sealed unless they are asked for; sealed they come back only where they were', async () => {
      const account = await withSubtree();
      const document = await exported(account, '/app/db', { WithDecryption: false });
      const [secret] = document.Parameters!;
      expect(secret).toMatchObject({ Name: '/app/db/password', SealedValue: expect.stringMatching(/^k1\./) });
      expect(secret).not.toHaveProperty('Value');
      await account.ssm('DeleteParameters', { Names: ['/app/db/password', '/app/db/port'] });
      await importing(account, document);
      expect(await account.ssm('GetParameter', { Name: '/app/db/password', WithDecryption: true })).toMatchObject({
        Parameter: { Value: 'two', Version: 1 },
      });
      await expect(importing(service.newAccount(), document)).rejects.toMatchObject({
        code: 'InvalidParameterDocument',
      });
      const broken = { ...document, Parameters: [{ ...secret, SealedValue: 'k1.x' }] };
      await expect(importing(account, broken, { Mode: 'Overwrite' })).rejects.toMatchObject({
        code: 'InvalidParameterDocument',
      });
      const moved = { ...document, Parameters: [{ ...secret, ARN: secret!.ARN!.replace('password', 'pass') }] };
      await expect(importing(account, moved, { Mode: 'Overwrite' })).rejects.toMatchObject({
        code: 'InvalidParameterDocument',
        message: expect.stringContaining('/app/db/password'),
      });
    });

    it('shows all or nothing', async () => {
      const account = await withSubtree();
      const arn = `arn:aws:ssm:us-east-1:${account.account}:parameter/app`;
      const some = account.user('some', allow(['muster:*', 'ssm:*'], [arn, `${arn}/db/*`]));
      const asked = account.call('muster', 'ExportParameters', { Path: '/app' }, { caller: some });
      await expect(asked).rejects.toMatchObject({ code: 'AccessDeniedException' });
    });

    it('of whatever strings is imported to the same', async () => {
      const account = service.newAccount();
      const text = fc.string({ minLength: 1, maxLength: 40 }).filter((each) => !/\{\{|\0/.test(each));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }), async (values) => {
          const path = `/run${run++}`;
          for (const [index, [Value, Description]] of values.entries()) {
            await account.ssm('PutParameter', { Name: `${path}/${index}`, Value, Description, Type: 'String' });
          }
          const document = await exported(account, path);
          await importing(account, document, { Path: `/copy${path}` });
          const values_ = ({ Parameters }: ExportParametersResult) =>
            Parameters!.map(({ Value, Description }) => [Value, Description]);
          expect(values_(await exported(account, `/copy${path}`))).toEqual(values_(document));
          expect(values_(document)).toEqual(values);
        }),
        { numRuns: 15 },
      );
    }, 60_000);
  });

  describe('an import', () => {
    const document = (...Parameters: object[]) => ({ Format: 'muster.parameters/1', Path: '/i', Parameters });
    const one = { Name: '/i/one', Type: 'String', Value: '1' };
    const two = { Name: '/i/two', Type: 'String', Value: '2' };

    it('fails, skips or overwrites where something is there, as it is told', async () => {
      const account = service.newAccount();
      await importing(account, document(one));
      await expect(importing(account, document(one, two))).rejects.toMatchObject({
        code: 'ParameterAlreadyExists',
        message: expect.stringContaining('/i/one'),
      });
      const changed = { ...one, Value: 'new', Description: 'changed', Labels: ['now'], Tags: { a: 'b' } };
      expect(await importing(account, document(changed, two), { Mode: 'Skip', DryRun: true })).toEqual({
        Created: ['/i/two'],
        Updated: [],
        Unchanged: [],
        Skipped: ['/i/one'],
      });
      await expect(account.ssm('GetParameter', { Name: '/i/two' })).rejects.toMatchObject({
        code: 'ParameterNotFound',
      });
      await importing(account, document(changed, two), { Mode: 'Skip' });
      const again = { Mode: 'Overwrite' };
      expect(await importing(account, document(changed, two), again)).toMatchObject({
        Updated: ['/i/one'],
        Unchanged: ['/i/two'],
      });
      expect(await account.ssm('GetParameter', { Name: '/i/one:now' })).toMatchObject({
        Parameter: { Value: 'new', Version: 2 },
      });
      expect(await importing(account, document(changed, two), again)).toMatchObject({
        Updated: [],
        Unchanged: ['/i/one', '/i/two'],
      });
    });

    it('takes away the tags only that its caller may take away', async () => {
      const account = service.newAccount();
      const kept = { ...one, Tags: { team: 'a', guard: 'x' } };
      await importing(account, document(kept));
      const Statement = [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: 'ssm:RemoveTagsFromResource',
          Resource: '*',
          Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'guard' } },
        },
      ];
      const caller = account.user('importer', { Version: '2012-10-17', Statement });
      const tagged = (Tags: object) =>
        account.call(
          'muster',
          'ImportParameters',
          { Document: JSON.stringify(document({ ...one, Tags })), Mode: 'Overwrite' },
          { caller },
        );
      await expect(tagged({ team: 'b' })).rejects.toMatchObject({
        code: 'AccessDeniedException',
        message: expect.stringContaining('ssm:RemoveTagsFromResource'),
      });
      expect(await tagged({ guard: 'x' })).toMatchObject({ Updated: ['/i/one'] });
    });

    it.each([
      ['a rule of PutParameter', { ...two, Value: 'x', AllowedPattern: '\\d+' }, 'ParameterPatternMismatchException'],
      ['a name that cannot be', { ...two, Name: 'a/b' }, 'ValidationException'],
      ['a value that is too long', { ...two, Value: 'x'.repeat(4097), Tier: 'Standard' }, 'ValidationException'],
      ['a tag of AWS', { ...two, Tags: { 'aws:x': 'y' } }, 'ValidationException'],
      ['a label that is none', { ...two, Labels: ['1st'] }, 'ValidationException'],
      ['something unknown', { ...two, Colour: 'red' }, 'InvalidParameterDocument'],
      ['no value', { ...two, Value: undefined }, 'InvalidParameterDocument'],
      ['the same twice', one, 'InvalidParameterDocument'],
    ])('is refused as a whole for %s', async (_what, bad, code) => {
      const account = service.newAccount();
      await expect(importing(account, document(one, bad))).rejects.toMatchObject({ code });
      expect(await account.ssm('GetParametersByPath', { Path: '/', Recursive: true })).toEqual({ Parameters: [] });
    });
  });
});
