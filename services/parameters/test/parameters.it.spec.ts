import { aParameter, expectSchemaFile, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

interface Parameter {
  readonly Name: string;
  readonly Value: string;
  readonly Version: number;
  readonly ARN: string;
}

describe('Parameter Store', () => {
  const service = serviceUnderTest(ParametersModule);

  /** Puts String parameters of these names, with their names as values. */
  async function withParameters(...names: string[]) {
    const account = service.newAccount();
    for (const Name of names) await account.ssm('PutParameter', aParameter({ Name, Value: Name }));
    return account;
  }

  describe('a parameter', () => {
    it('is read as it was put', async () => {
      const { ssm, account } = service.newAccount();
      const put = await ssm('PutParameter', { Name: '/db/host', Value: 'db.example', Type: 'String' });
      expect(put).toEqual({ Version: 1, Tier: 'Standard' });
      expect(await ssm('GetParameter', { Name: '/db/host' })).toEqual({
        Parameter: {
          Name: '/db/host',
          Type: 'String',
          Value: 'db.example',
          Version: 1,
          LastModifiedDate: expect.any(Number),
          ARN: `arn:aws:ssm:us-east-1:${account}:parameter/db/host`,
          DataType: 'text',
        },
      });
    });

    it('may be a list, and is told from one of another account or region', async () => {
      const { ssm } = service.newAccount();
      const other = service.newAccount();
      await ssm('PutParameter', { Name: 'hosts', Value: 'a,b', Type: 'StringList' });
      expect(await ssm('GetParameter', { Name: 'hosts' })).toMatchObject({
        Parameter: { Type: 'StringList', Value: 'a,b', Name: 'hosts' },
      });
      await expect(other.ssm('GetParameter', { Name: 'hosts' })).rejects.toMatchObject({
        code: 'ParameterNotFound',
        status: 400,
      });
    });

    it('is one with and without the slash, and may be named by its ARN', async () => {
      const { ssm, account } = await withParameters('plain');
      for (const Name of ['/plain', 'plain', `arn:aws:ssm:us-east-1:${account}:parameter/plain`])
        expect(await ssm('GetParameter', { Name })).toMatchObject({ Parameter: { Name: 'plain' } });
      await expect(ssm('PutParameter', aParameter({ Name: '/plain' }))).rejects.toMatchObject({
        code: 'ParameterAlreadyExists',
        message:
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      });
    });

    it('has versions, which never start again and can be chosen', async () => {
      const { ssm } = await withParameters('/v');
      expect(await ssm('PutParameter', { Name: '/v', Value: 'two', Overwrite: true })).toMatchObject({ Version: 2 });
      expect(await ssm('GetParameter', { Name: '/v' })).toMatchObject({ Parameter: { Value: 'two', Version: 2 } });
      expect(await ssm('GetParameter', { Name: '/v:1' })).toMatchObject({
        Parameter: { Value: '/v', Version: 1, Selector: ':1', Name: '/v' },
      });
      await expect(ssm('GetParameter', { Name: '/v:3' })).rejects.toMatchObject({
        code: 'ParameterVersionNotFound',
        message: 'Systems Manager could not find version 3 of /v. Verify the version and try again.',
      });
      await expect(ssm('GetParameter', { Name: '/v:1:2' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    });

    it('keeps what an update does not mention, and validates the new value by the kept pattern', async () => {
      const { ssm } = service.newAccount();
      const first = { Name: '/n', Value: '1', Type: 'String', AllowedPattern: '\\d+', Description: 'a number' };
      await ssm('PutParameter', first);
      await expect(ssm('PutParameter', { Name: '/n', Value: 'x', Overwrite: true })).rejects.toMatchObject({
        code: 'ParameterPatternMismatchException',
        message: 'Parameter value, cannot be validated against allowedPattern: \\d+',
      });
      await ssm('PutParameter', { Name: '/n', Value: '2', Overwrite: true });
      const { Parameters } = await ssm<{ Parameters: object[] }>('GetParameterHistory', { Name: '/n' });
      expect(Parameters).toMatchObject([
        { Version: 1, Value: '1', Description: 'a number', AllowedPattern: '\\d+', Tier: 'Standard', DataType: 'text' },
        { Version: 2, Value: '2', Description: 'a number', AllowedPattern: '\\d+', Tier: 'Standard', DataType: 'text' },
      ]);
    });

    it('remembers who put each version, page by page', async () => {
      const { ssm, caller } = await withParameters('/h');
      for (const Value of ['2', '3']) await ssm('PutParameter', { Name: '/h', Value, Overwrite: true });
      const first = await ssm<{ Parameters: object[]; NextToken: string }>('GetParameterHistory', {
        Name: '/h',
        MaxResults: 2,
      });
      expect(first.Parameters).toMatchObject([{ Version: 1, LastModifiedUser: caller.arn }, { Version: 2 }]);
      const rest = await ssm('GetParameterHistory', { Name: '/h', MaxResults: 2, NextToken: first.NextToken });
      expect(rest).toMatchObject({ Parameters: [{ Version: 3, Value: '3' }] });
      expect(rest).not.toHaveProperty('NextToken');
    });

    it('is made by a put that would overwrite it, and keeps its tags when it is overwritten', async () => {
      const { ssm, user } = service.newAccount();
      expect(await ssm('PutParameter', aParameter({ Name: '/new', Overwrite: true }))).toMatchObject({ Version: 1 });
      await ssm('PutParameter', aParameter({ Name: '/tagged', Tags: [{ Key: 'team', Value: 'blue' }] }));
      await ssm('PutParameter', { Name: '/tagged', Value: 'b', Overwrite: true });
      const caller = user('blue', {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'ssm:GetParameter',
          Resource: '*',
          Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
        },
      });
      const read = (Name: string) => ssm('GetParameter', { Name }, { caller });
      expect(await read('/tagged')).toMatchObject({ Parameter: { Value: 'b' } });
      await expect(read('/new')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    });

    it.each(['a b', '/a//b', 'a/b', '/a/ü'])('is not asked for by what is no name: %s', async (Name) => {
      const { ssm } = service.newAccount();
      for (const operation of ['GetParameter', 'GetParameterHistory', 'DeleteParameter'])
        await expect(ssm(operation, { Name })).rejects.toMatchObject({ code: 'ValidationException' });
    });

    it('loses blanks around its name', async () => {
      const { ssm } = await withParameters('  /blank ');
      expect(await ssm('GetParameter', { Name: ' /blank ' })).toMatchObject({ Parameter: { Name: '/blank' } });
    });

    it('is deleted as a whole, never one version of it, which has no history either', async () => {
      const { ssm, account } = await withParameters('/whole');
      const missing = { code: 'ParameterNotFound', message: 'Parameter /whole:1 not found.' };
      await expect(ssm('DeleteParameter', { Name: '/whole:1' })).rejects.toMatchObject(missing);
      await expect(ssm('GetParameterHistory', { Name: '/whole:1' })).rejects.toMatchObject(missing);
      const Names = ['/whole:1', `arn:aws:ssm:eu-west-1:${account}:parameter/whole`];
      expect(await ssm('DeleteParameters', { Names })).toEqual({ DeletedParameters: [], InvalidParameters: Names });
      expect(await ssm('GetParameter', { Name: '/whole' })).toMatchObject({ Parameter: { Version: 1 } });
      expect(await ssm('DeleteParameters', { Names: ['/whole:1', '/whole'] })).toEqual({
        DeletedParameters: ['/whole'],
        InvalidParameters: ['/whole:1'],
      });
    });

    it('is gone when it was deleted, and begins at 1 when it is made anew', async () => {
      const { ssm } = await withParameters('/d');
      await ssm('PutParameter', { Name: '/d', Value: 'b', Overwrite: true });
      expect(await ssm('DeleteParameter', { Name: 'd' })).toEqual({});
      await expect(ssm('GetParameter', { Name: '/d' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
      await expect(ssm('DeleteParameter', { Name: '/d' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
      expect(await ssm('PutParameter', aParameter({ Name: '/d' }))).toMatchObject({ Version: 1 });
    });
  });

  describe('several parameters', () => {
    it('are read at once: each once, sorted, what is missing named', async () => {
      const { ssm, account } = await withParameters('/b', '/a');
      const arn = `arn:aws:ssm:us-east-1:${account}:parameter/b`;
      const Names = ['/b', '/a', '/b', '/missing', '/a:9', '/a:1', 'not a name', arn];
      expect(await ssm('GetParameters', { Names })).toEqual({
        Parameters: [
          expect.objectContaining({ Name: '/a', Version: 1 }),
          expect.objectContaining({ Name: '/a', Selector: ':1' }),
          expect.objectContaining({ Name: '/b' }),
          expect.objectContaining({ Name: '/b', ARN: arn }),
        ],
        InvalidParameters: ['/missing', '/a:9', 'not a name'],
      });
    });

    it('are 10 at most', async () => {
      const { ssm } = service.newAccount();
      const Names = Array.from({ length: 11 }, (_, index) => `/p${index}`);
      await expect(ssm('GetParameters', { Names })).rejects.toMatchObject({
        code: 'ValidationException',
        message: expect.stringMatching(
          /^1 validation error detected: Value '\[\/p0, .*\]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10/,
        ),
      });
    });

    it('are deleted at once: what was not there is named', async () => {
      const { ssm, events } = await withParameters('/x', '/y');
      expect(await ssm('DeleteParameters', { Names: ['/x', '/y', '/z'] })).toEqual({
        DeletedParameters: ['/x', '/y'],
        InvalidParameters: ['/z'],
      });
      for (const name of ['/x', '/y']) await events.next('parameters.changed', { data: { name, operation: 'Delete' } });
    });
  });

  describe('a hierarchy', () => {
    const all = ['/app/db/host', '/app/db/port', '/app/name', '/app', '/apple', 'plain', '/app-x/y'];

    async function below(ssm: Awaited<ReturnType<typeof withParameters>>['ssm'], input: object): Promise<string[]> {
      const names: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await ssm<{ Parameters: Parameter[]; NextToken?: string }>('GetParametersByPath', {
          ...input,
          ...(NextToken ? { NextToken } : {}),
        });
        names.push(...page.Parameters.map((each) => each.Name));
        NextToken = page.NextToken;
      } while (NextToken);
      return names;
    }

    it('is read level by level, or whole, never with the level itself', async () => {
      const { ssm } = await withParameters(...all);
      expect(await below(ssm, { Path: '/app' })).toEqual(['/app/name']);
      expect(await below(ssm, { Path: '/app/' })).toEqual(['/app/name']);
      const whole = ['/app/db/host', '/app/db/port', '/app/name'];
      expect(await below(ssm, { Path: '/app', Recursive: true })).toEqual(whole);
      expect(await below(ssm, { Path: '/app', Recursive: true, MaxResults: 1 })).toEqual(whole);
      expect(await below(ssm, { Path: '/' })).toEqual(['/app', '/apple', 'plain']);
      expect((await below(ssm, { Path: '/', Recursive: true, MaxResults: 2 })).sort()).toEqual([...all].sort());
      expect(await below(ssm, { Path: '/none' })).toEqual([]);
    });

    it('is filtered by type, and not by what AWS does not filter by', async () => {
      const { ssm } = await withParameters('/t/string');
      await ssm('PutParameter', { Name: '/t/list', Value: 'a,b', Type: 'StringList' });
      const byType = (Values: string[]) => below(ssm, { Path: '/t', ParameterFilters: [{ Key: 'Type', Values }] });
      expect(await byType(['StringList'])).toEqual(['/t/list']);
      expect(await byType(['StringList', 'String'])).toEqual(['/t/list', '/t/string']);
      await expect(
        below(ssm, { Path: '/t', ParameterFilters: [{ Key: 'Name', Values: ['a'] }] }),
      ).rejects.toMatchObject({
        code: 'InvalidFilterKey',
      });
    });

    it('gives page tokens that are good for the same question only', async () => {
      const { ssm } = await withParameters('/k/a', '/k/b');
      const other = await withParameters('/k/a', '/k/b');
      const ask = { Path: '/k', MaxResults: 1 };
      const { NextToken } = await ssm<{ NextToken: string }>('GetParametersByPath', ask);
      const refused = { code: 'InvalidNextToken' };
      await expect(ssm('GetParametersByPath', { ...ask, Path: '/', NextToken })).rejects.toMatchObject(refused);
      await expect(other.ssm('GetParametersByPath', { ...ask, NextToken })).rejects.toMatchObject(refused);
      await expect(ssm('GetParametersByPath', { ...ask, NextToken: 'rubbish' })).rejects.toMatchObject(refused);
    });
  });

  describe('what is refused', () => {
    it.each([
      [
        'levels without a slash before them',
        { Name: 'a/b' },
        'ValidationException',
        'Parameter name must be a fully qualified name.',
      ],
      ['an empty level', { Name: '/a//b' }, 'ValidationException', /sub-path/],
      [
        'a name that is reserved',
        { Name: '/aws/x' },
        'AccessDeniedException',
        'No access to reserved parameter name: /aws/x.',
      ],
      ['a name that begins as a reserved one', { Name: 'AwsThing' }, 'ValidationException', /"aws" or "ssm"/],
      ['a path that begins as a reserved one', { Name: '/SSM/x' }, 'ValidationException', /"ssm".*sub-paths/],
      ['a name that is too long', { Name: '/x'.padEnd(1000, 'x') }, 'ValidationException', /1011/],
      [
        '16 levels',
        { Name: '/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16' },
        'HierarchyLevelLimitExceededException',
        /15 levels/,
      ],
      ['an empty value', { Value: '' }, 'ValidationException', /Member must have length greater than or equal to 1/],
      [
        'no type',
        { Type: undefined },
        'ValidationException',
        'A parameter type is required when you create a parameter.',
      ],
      ['a type that there is not', { Type: 'Text' }, 'ValidationException', /Member must satisfy enum value set/],
      [
        'a data type that there is not',
        { DataType: 'Text' },
        'ValidationException',
        /data type is not supported: Text/,
      ],
      ['more than 4 KB under Standard', { Value: 'x'.repeat(4097) }, 'ValidationException', /Standard tier/],
      ['more than 8 KB', { Value: 'x'.repeat(8193), Tier: 'Advanced' }, 'ValidationException', /8192/],
      [
        'tags with Overwrite',
        { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
        'ValidationException',
        /tags and overwrite/,
      ],
      ['a pattern that is none', { AllowedPattern: '(' }, 'InvalidAllowedPatternException', /regular expression/],
      ['a reference to another parameter', { Value: '{{ssm:/other}}' }, 'ValidationException', /nest/],
    ])('%s', async (_what, more, code, message) => {
      const { ssm, events } = service.newAccount();
      const input = { ...aParameter({ Name: '/refused' }), ...more };
      await expect(ssm('PutParameter', input)).rejects.toMatchObject({
        code,
        status: 400,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      });
      expect(await ssm('GetParametersByPath', { Path: '/', Recursive: true })).toEqual({ Parameters: [] });
      await ssm('PutParameter', aParameter({ Name: '/after' }));
      await events.next('parameters.changed', { data: { name: '/after' } });
      expect(events.pending()).toEqual([]);
    });

    it('tier Standard for what is Advanced; the size decides when the tier is to be intelligent', async () => {
      const { ssm } = service.newAccount();
      const large = aParameter({ Name: '/l', Value: 'x'.repeat(4097), Tier: 'Intelligent-Tiering' });
      expect(await ssm('PutParameter', large)).toEqual({ Version: 1, Tier: 'Advanced' });
      const down = { Name: '/l', Value: 'x', Tier: 'Standard', Overwrite: true };
      await expect(ssm('PutParameter', down)).rejects.toThrow(/can't downgrade/);
    });
  });

  describe('who may', () => {
    const allow = (Action: string[], Resource: string[]) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource }],
    });

    it('is decided on the ARN: below a path, and nothing beside it', async () => {
      const { ssm, account, user } = await withParameters('/app/a', '/secret/a');
      const arn = (path: string) => `arn:aws:ssm:us-east-1:${account}:parameter${path}`;
      const alice = user('alice', allow(['ssm:Get*'], [arn('/app'), arn('/app/*')]));
      const asAlice = (operation: string, input: object) => ssm(operation, input, { caller: alice });

      expect(await asAlice('GetParameter', { Name: '/app/a' })).toMatchObject({ Parameter: { Name: '/app/a' } });
      expect(await asAlice('GetParametersByPath', { Path: '/app' })).toMatchObject({
        Parameters: [{ Name: '/app/a' }],
      });
      const denied = { code: 'AccessDeniedException' };
      await expect(asAlice('GetParameter', { Name: '/secret/a' })).rejects.toMatchObject(denied);
      await expect(asAlice('GetParameters', { Names: ['/app/a', '/secret/a'] })).rejects.toMatchObject(denied);
      await expect(asAlice('GetParametersByPath', { Path: '/' })).rejects.toMatchObject(denied);
      await expect(asAlice('PutParameter', aParameter({ Name: '/app/b' }))).rejects.toMatchObject(denied);
      await expect(asAlice('DeleteParameter', { Name: '/app/a' })).rejects.toMatchObject(denied);
    });

    it('tag a new parameter needs that permission too', async () => {
      const { ssm, user } = service.newAccount();
      const bob = user('bob', allow(['ssm:PutParameter'], ['*']));
      const tagged = aParameter({ Tags: [{ Key: 'role', Value: 'web' }] });
      await expect(ssm('PutParameter', tagged, { caller: bob })).rejects.toMatchObject({
        code: 'AccessDeniedException',
      });
      await ssm('PutParameter', aParameter(), { caller: bob });
    });
  });

  it('may be overwritten only by who may overwrite', async () => {
    const { ssm, user } = service.newAccount();
    const caller = user('first', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'ssm:PutParameter',
        Resource: '*',
        Condition: { StringEquals: { 'ssm:Overwrite': 'false' } },
      },
    });
    await ssm('PutParameter', aParameter({ Name: '/one' }), { caller });
    const again = { Name: '/one', Value: 'two', Overwrite: true };
    await expect(ssm('PutParameter', again, { caller })).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(await ssm('GetParameter', { Name: '/one' })).toMatchObject({ Parameter: { Version: 1 } });
  });

  describe('a change', () => {
    it("is announced as EventBridge's Parameter Store Change, without the value", async () => {
      const { ssm, events, account } = service.newAccount();
      const input = { Name: 'greeting', Value: 'hunter2', Type: 'String', Description: 'what we say' };
      await ssm('PutParameter', input);
      await ssm('PutParameter', { Name: '/greeting', Value: 'hunter3', Overwrite: true });
      await ssm('DeleteParameter', { Name: '/greeting' });
      for (const operation of ['Create', 'Update', 'Delete']) {
        const event = await events.next('parameters.changed');
        expect(event).toMatchObject({
          source: `/${account}/us-east-1/parameters`,
          subject: `arn:aws:ssm:us-east-1:${account}:parameter/greeting`,
          data: { name: 'greeting', type: 'String', operation, description: 'what we say' },
        });
        expect(JSON.stringify(event)).not.toContain('hunter');
      }
    });

    it('that is sent twice is made once, and answered twice', async () => {
      const { ssm, events } = service.newAccount();
      const put = aParameter({ Name: '/once' });
      const twice = { invocationId: 'b7f0e9ee-1' };
      const answers = [await ssm('PutParameter', put, twice), await ssm('PutParameter', put, twice)];
      expect(answers).toEqual([
        { Version: 1, Tier: 'Standard' },
        { Version: 1, Tier: 'Standard' },
      ]);
      const gone = { invocationId: 'b7f0e9ee-2' };
      await ssm('DeleteParameter', { Name: '/once' }, gone);
      expect(await ssm('DeleteParameter', { Name: '/once' }, gone)).toEqual({});

      await events.next('parameters.changed', { data: { operation: 'Delete' } });
      expect(events.pending()).toHaveLength(1);
    });

    it('made by many at once is made by each in turn', async () => {
      const { ssm } = service.newAccount();
      const puts = Array.from({ length: 20 }, (_, index) =>
        ssm<{ Version: number }>('PutParameter', aParameter({ Name: '/race', Value: `${index}`, Overwrite: true })),
      );
      const versions = (await Promise.all(puts)).map((each) => each.Version).sort((a, b) => a - b);
      expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });
  });

  it('has the schema that is committed', async () => {
    await expectSchemaFile(service.deployment.databaseUrl!, 'parameters', new URL('../schema.sql', import.meta.url));
  });

  it('keeps the newest 100 versions', async () => {
    const { ssm } = await withParameters('/many');
    for (let n = 2; n <= 102; n++) await ssm('PutParameter', { Name: '/many', Value: `${n}`, Overwrite: true });
    const { Parameters } = await ssm<{ Parameters: Parameter[] }>('GetParameterHistory', { Name: '/many' });
    expect(Parameters).toHaveLength(50);
    expect(Parameters[0]).toMatchObject({ Version: 3 });
    await expect(ssm('GetParameter', { Name: '/many:2' })).rejects.toMatchObject({ code: 'ParameterVersionNotFound' });
  });
});
