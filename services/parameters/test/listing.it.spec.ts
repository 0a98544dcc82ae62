import { Database } from '@muster/persistence';
import { type TestAccount, aParameter, serviceUnderTest } from '@muster/testing';

import { ParametersModule } from '../src/module.js';

interface Listed {
  readonly Name: string;
}

interface Page {
  readonly Parameters: (Listed & Record<string, unknown>)[];
  readonly NextToken?: string;
}

describe('lists of parameters', () => {
  const service = serviceUnderTest(ParametersModule);

  /** All pages of a list. */
  async function pages({ ssm }: Pick<TestAccount, 'ssm'>, operation: string, input: object): Promise<Page[]> {
    const all: Page[] = [];
    let NextToken: string | undefined;
    do {
      const page: Page = await ssm<Page>(operation, { ...input, ...(NextToken ? { NextToken } : {}) });
      all.push(page);
      NextToken = page.NextToken;
    } while (NextToken);
    return all;
  }

  async function names(account: Pick<TestAccount, 'ssm'>, operation: string, input: object): Promise<string[]> {
    return (await pages(account, operation, input)).flatMap((page) => page.Parameters.map((each) => each.Name));
  }

  /** An account with so many parameters `/many/<6 digits>`; each 100th is a StringList. */
  async function withMany(count: number): Promise<TestAccount> {
    const account = service.newAccount();
    await service
      .running()
      .get(Database)
      .query(
        `WITH made AS (
         INSERT INTO parameter (id, account, region, path, parent, name, version, tags, created_at)
         SELECT gen_random_uuid(), $1, 'us-east-1', p, '/many', p, 1, '{}', now()
         FROM generate_series(1, $2::int) n, LATERAL (SELECT '/many/' || lpad(n::text, 6, '0') AS p) named
         RETURNING id, path
       )
       INSERT INTO parameter_version (parameter_id, number, type, value, tier, data_type, last_modified_at, last_modified_by)
       SELECT id, 1, CASE WHEN path LIKE '%00' THEN 'StringList' ELSE 'String' END, 'v', 'Standard', 'text', now(), 'test'
       FROM made`,
        [account.account, count],
      );
    return account;
  }

  describe('DescribeParameters', () => {
    const describe1 = (account: Pick<TestAccount, 'ssm'>, ...ParameterFilters: object[]) =>
      names(account, 'DescribeParameters', { ParameterFilters });

    async function withSome(): Promise<TestAccount> {
      const account = service.newAccount();
      const put = (input: object) => account.ssm('PutParameter', aParameter(input));
      await put({ Name: 'param', Tags: [{ Key: 'env', Value: 'prod' }] });
      await put({ Name: '/param-2', Tier: 'Advanced', Tags: [{ Key: 'env', Value: 'preprod' }] });
      await put({ Name: '/foo/tangent', Type: 'StringList', Value: 'a,b', Tags: [{ Key: 'x', Value: '1' }] });
      await put({ Name: '/foo/bar/secret', Type: 'SecureString', Value: 'hunter2' });
      await put({ Name: '/foo_/x' });
      return account;
    }

    it('says what there is about a parameter, and never its value', async () => {
      const { ssm, caller, account } = service.newAccount();
      const more = { Description: 'where', AllowedPattern: '.*', Tier: 'Advanced' };
      await ssm('PutParameter', aParameter({ Name: '/a', Value: 'first' }));
      await ssm('PutParameter', { Name: '/a', Value: 'hunter2', Overwrite: true, ...more });
      const answer = await ssm('DescribeParameters', {});
      expect(answer).toEqual({
        Parameters: [
          {
            Name: '/a',
            ARN: `arn:aws:ssm:us-east-1:${account}:parameter/a`,
            Type: 'String',
            LastModifiedDate: expect.any(Number),
            LastModifiedUser: caller.arn,
            ...more,
            Version: 2,
            Policies: [],
            DataType: 'text',
          },
        ],
      });
      expect(JSON.stringify(answer)).not.toContain('hunter2');
    });

    it('names the key of what is secret, and of nothing else', async () => {
      const { Parameters } = await (await withSome()).ssm<Page>('DescribeParameters', {});
      const keys = Parameters.filter((each) => 'KeyId' in each).map(({ Name, Type, KeyId }) => [Name, Type, KeyId]);
      expect(keys).toEqual([['/foo/bar/secret', 'SecureString', 'alias/aws/ssm']]);
    });

    it.each<[string, object[], string[]]>([
      ['without a filter', [], ['/foo/bar/secret', '/foo/tangent', '/foo_/x', 'param', '/param-2']],
      ['by names, with and without the slash', [{ Key: 'Name', Values: ['/param', 'param-2'] }], ['param', '/param-2']],
      ['by beginnings', [{ Key: 'Name', Option: 'BeginsWith', Values: ['param'] }], ['param', '/param-2']],
      ['by parts', [{ Key: 'Name', Option: 'Contains', Values: ['/tan', 'ram-'] }], ['/foo/tangent', '/param-2']],
      ['by parts that mean nothing to SQL', [{ Key: 'Name', Option: 'Contains', Values: ['o_'] }], ['/foo_/x']],
      ['by level', [{ Key: 'Path', Values: ['/'] }], ['param', '/param-2']],
      ['by levels', [{ Key: 'Path', Values: ['/foo/', '/foo/bar'] }], ['/foo/tangent', '/foo/bar/secret']],
      ['by subtree', [{ Key: 'Path', Option: 'Recursive', Values: ['/foo'] }], ['/foo/bar/secret', '/foo/tangent']],
      ['by a level that is none', [{ Key: 'Path', Option: 'Recursive', Values: ['/fo'] }], []],
      ['by type', [{ Key: 'Type', Values: ['StringList', 'SecureString'] }], ['/foo/bar/secret', '/foo/tangent']],
      ['by beginning of a type', [{ Key: 'Type', Option: 'BeginsWith', Values: ['Sec'] }], ['/foo/bar/secret']],
      ['by key', [{ Key: 'KeyId', Values: ['alias/aws/ssm'] }], ['/foo/bar/secret']],
      ['by another key', [{ Key: 'KeyId', Values: ['alias/other'] }], []],
      ['by tier', [{ Key: 'Tier', Values: ['Advanced'] }], ['/param-2']],
      ['by data type', [{ Key: 'DataType', Values: ['aws:ec2:image'] }], []],
      ['by tag', [{ Key: 'tag:env', Values: ['prod'] }], ['param']],
      ['by beginning of a tag', [{ Key: 'tag:env', Option: 'BeginsWith', Values: ['pre'] }], ['/param-2']],
      ['by a tag that is there', [{ Key: 'tag:env' }], ['param', '/param-2']],
      ['by all of several', [{ Key: 'tag:env' }, { Key: 'Tier', Values: ['Standard'] }], ['param']],
      [
        'by level and beginning',
        [
          { Key: 'Path', Option: 'Recursive', Values: ['/foo'] },
          { Key: 'Name', Option: 'BeginsWith', Values: ['/foo/b'] },
        ],
        ['/foo/bar/secret'],
      ],
    ])('finds %s', async (_how, filters, found) => {
      expect(await describe1(await withSome(), ...filters)).toEqual(found);
    });

    it('understands the old filters, and not both kinds at once', async () => {
      const account = await withSome();
      const Filters = [{ Key: 'Type', Values: ['StringList'] }];
      expect(await names(account, 'DescribeParameters', { Filters })).toEqual(['/foo/tangent']);
      await expect(account.ssm('DescribeParameters', { Filters, ParameterFilters: Filters })).rejects.toMatchObject({
        code: 'ValidationException',
        message: 'You can use either Filters or ParameterFilters in a single request.',
      });
    });

    it.each([
      ['Label', { Key: 'Label', Values: ['a'] }, 'InvalidFilterKey'],
      ['a key that is none', { Key: 'key', Values: ['a'] }, 'ValidationException'],
      ['no values', { Key: 'Name' }, 'InvalidFilterValue'],
      ['an option that is none', { Key: 'Name', Option: 'EndsWith', Values: ['a'] }, 'InvalidFilterOption'],
      ['a level below what is reserved', { Key: 'Path', Values: ['/aws/x'] }, 'ValidationException'],
    ])('refuses %s', async (_what, filter, code) => {
      const { ssm } = service.newAccount();
      await expect(ssm('DescribeParameters', { ParameterFilters: [filter] })).rejects.toMatchObject({
        code,
        status: 400,
      });
    });

    it('is decided on once, for all parameters', async () => {
      const { ssm, user } = await withSome();
      const allow = (Resource: string) => ({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'ssm:DescribeParameters', Resource }],
      });
      const lister = user('lister', allow('*'));
      expect((await ssm<Page>('DescribeParameters', {}, { caller: lister })).Parameters).toHaveLength(5);
      const other = user('other', allow('arn:aws:ssm:*:*:parameter/foo/*'));
      await expect(ssm('DescribeParameters', {}, { caller: other })).rejects.toMatchObject({
        code: 'AccessDeniedException',
      });
    });

    it('looks at 2,000 at most in a call: a page may be short, or empty', async () => {
      const account = await withMany(5000);
      const rare = { MaxResults: 50, ParameterFilters: [{ Key: 'Type', Values: ['StringList'] }] };
      const all = await pages(account, 'DescribeParameters', rare);
      expect(all.map((page) => page.Parameters.length)).toEqual([20, 20, 10]);
      expect(all.flatMap((page) => page.Parameters.map((each) => each.Name))).toEqual(
        Array.from({ length: 50 }, (_, i) => `/many/${String((i + 1) * 100).padStart(6, '0')}`),
      );

      const none = { ParameterFilters: [{ Key: 'Name', Option: 'Contains', Values: ['nothing'] }] };
      expect((await pages(account, 'DescribeParameters', none)).map((page) => page.Parameters)).toEqual([[], [], []]);

      const everything = await pages(account, 'DescribeParameters', { MaxResults: 50 });
      expect(everything).toHaveLength(100);
      expect(new Set(everything.flatMap((page) => page.Parameters.map((each) => each.Name))).size).toBe(5000);
    });

    it('gives tokens that are good for the same question only, and refuses forged ones', async () => {
      const { ssm } = await withSome();
      const { NextToken } = await ssm<Page>('DescribeParameters', { MaxResults: 1 });
      const filter = { ParameterFilters: [{ Key: 'Name', Values: ['param'] }], NextToken };
      await expect(ssm('DescribeParameters', filter)).rejects.toMatchObject({ code: 'InvalidNextToken' });
    });
  });

  describe('GetParametersByPath', () => {
    it('finds by label, and answers the version that has it', async () => {
      const account = service.newAccount();
      const { ssm } = account;
      for (const Name of ['/l/a', '/l/b', '/l/c']) {
        await ssm('PutParameter', aParameter({ Name, Value: 'one' }));
        await ssm('PutParameter', { Name, Value: 'two', Overwrite: true });
      }
      await ssm('LabelParameterVersion', { Name: '/l/a', ParameterVersion: 1, Labels: ['prod'] });
      await ssm('LabelParameterVersion', { Name: '/l/c', ParameterVersion: 2, Labels: ['prod'] });
      const ParameterFilters = [{ Key: 'Label', Values: ['prod'] }];
      expect(await ssm('GetParametersByPath', { Path: '/l', ParameterFilters })).toMatchObject({
        Parameters: [
          { Name: '/l/a', Value: 'one', Version: 1 },
          { Name: '/l/c', Value: 'two', Version: 2 },
        ],
      });
    });

    it('finds by key', async () => {
      const account = service.newAccount();
      await account.ssm('PutParameter', aParameter({ Name: '/k/plain' }));
      await account.ssm('PutParameter', aParameter({ Name: '/k/secret', Type: 'SecureString' }));
      for (const filter of [{ Values: ['alias/aws/ssm'] }, { Option: 'BeginsWith', Values: ['alias/'] }]) {
        const input = { Path: '/k', ParameterFilters: [{ Key: 'KeyId', ...filter }] };
        expect(await names(account, 'GetParametersByPath', input)).toEqual(['/k/secret']);
      }
    });

    it('looks at 2,000 at most in a call', async () => {
      const account = await withMany(2500);
      const input = { Path: '/many', ParameterFilters: [{ Key: 'Type', Values: ['StringList'] }] };
      const all = await pages(account, 'GetParametersByPath', input);
      expect(all.map((page) => page.Parameters.length)).toEqual([10, 10, 5]);
      const none = { Path: '/many', ParameterFilters: [{ Key: 'Label', Values: ['none'] }] };
      expect((await pages(account, 'GetParametersByPath', none)).map((page) => page.Parameters)).toEqual([[], []]);
    });

    it('tells policies whether it is recursive', async () => {
      const { ssm, user } = service.newAccount();
      await ssm('PutParameter', aParameter({ Name: '/r/a/b' }));
      const caller = user('level', {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'ssm:GetParametersByPath', Resource: '*' },
          {
            Effect: 'Deny',
            Action: 'ssm:GetParametersByPath',
            Resource: '*',
            Condition: { StringEquals: { 'ssm:Recursive': 'true' } },
          },
        ],
      });
      expect(await ssm('GetParametersByPath', { Path: '/r' }, { caller })).toEqual({ Parameters: [] });
      await expect(ssm('GetParametersByPath', { Path: '/r', Recursive: true }, { caller })).rejects.toMatchObject({
        code: 'AccessDeniedException',
      });
    });
  });
});
