import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import type { Valid } from '@muster/bus';
import fc from 'fast-check';

import { likePatterns } from './parameter-filters.js';
import { byPathQuery, describeQuery } from './parameter-query.js';
import { beginningWith, everyPath, inLevel, onlyPath, underLevel } from './path-ranges.js';

type Filter = Valid<ParameterStringFilter>;

const describe1 = (...ParameterFilters: Filter[]) => describeQuery({ ParameterFilters });

describe('what DescribeParameters asks for', () => {
  it.each<[string, Filter[], unknown]>([
    ['all', [], { ranges: [everyPath], like: {} }],
    [
      'names, with and without the slash',
      [{ Key: 'Name', Values: ['/b', 'a'] }],
      { ranges: [onlyPath('/a'), onlyPath('/b')], like: {} },
    ],
    [
      'beginnings of names',
      [{ Key: 'Name', Option: 'BeginsWith', Values: ['a'] }],
      { ranges: [beginningWith('/a')], like: {} },
    ],
    [
      'parts of names',
      [{ Key: 'Name', Option: 'Contains', Values: ['a_%\\'] }],
      { ranges: [everyPath], like: { path: ['%a\\_\\%\\\\%'] } },
    ],
    ['levels', [{ Key: 'Path', Values: ['/a/'] }], { ranges: [inLevel('/a')], like: {} }],
    [
      'subtrees, each parameter once',
      [{ Key: 'Path', Option: 'Recursive', Values: ['/a/b', '/a'] }],
      { ranges: [underLevel('/a')], like: {} },
    ],
    [
      'names in a subtree',
      [
        { Key: 'Path', Option: 'Recursive', Values: ['/a'] },
        { Key: 'Name', Values: ['/a/b', '/c'] },
      ],
      { ranges: [onlyPath('/a/b')], like: {} },
    ],
    [
      'public parameters',
      [{ Key: 'Path', Values: ['/aws/service/list'] }],
      { ranges: [inLevel('/aws/service/list')], like: {} },
    ],
    ['types', [{ Key: 'Type', Values: ['String'] }], { ranges: [everyPath], like: { type: ['String'] } }],
    [
      'beginnings of types',
      [{ Key: 'Type', Option: 'BeginsWith', Values: ['String'] }],
      { ranges: [everyPath], like: { type: ['String%'] } },
    ],
    [
      'keys',
      [{ Key: 'KeyId', Option: 'BeginsWith', Values: ['alias/'] }],
      { ranges: [everyPath], like: { keyId: ['alias/%'] } },
    ],
    ['tiers', [{ Key: 'Tier', Values: ['Advanced'] }], { ranges: [everyPath], like: { tier: ['Advanced'] } }],
    [
      'data types',
      [{ Key: 'DataType', Values: ['aws:ec2:image'] }],
      { ranges: [everyPath], like: { dataType: ['aws:ec2:image'] } },
    ],
    [
      'tags',
      [{ Key: 'tag:a', Values: ['1', '2'] }, { Key: 'tag:b', Option: 'BeginsWith', Values: ['x'] }, { Key: 'tag:c' }],
      {
        ranges: [everyPath],
        like: { tags: [{ key: 'a', like: ['1', '2'] }, { key: 'b', like: ['x%'] }, { key: 'c' }] },
      },
    ],
  ])('%s', (_what, filters, query) => {
    expect(describe1(...filters)).toEqual(query);
  });

  it('may be said in the old form', () => {
    const Filters = [
      { Key: 'Name' as const, Values: ['a'] },
      { Key: 'Type' as const, Values: ['StringList'] },
    ];
    expect(describeQuery({ Filters })).toEqual({ ranges: [onlyPath('/a')], like: { type: ['StringList'] } });
    expect(() => describeQuery({ Filters, ParameterFilters: Filters })).toThrow(
      expect.objectContaining({
        code: 'ValidationException',
        message: 'You can use either Filters or ParameterFilters in a single request.',
      }),
    );
  });

  it.each<[Filter[], string, RegExp]>([
    [
      [{ Key: 'Label', Values: ['a'] }],
      'InvalidFilterKey',
      /^The following filter key is not valid: Label\. Valid filter keys include: \[Path, Name, Type, KeyId, Tier\]\.$/,
    ],
    [[{ Key: 'Name' }], 'InvalidFilterValue', /^The following filter values are missing : null for filter key Name\.$/],
    [
      [
        { Key: 'Name', Values: ['a'] },
        { Key: 'Name', Values: ['b'] },
      ],
      'InvalidFilterKey',
      /^The following filter is duplicated in the request: Name\. A request can contain only one occurrence of a specific filter\.$/,
    ],
    [
      [{ Key: 'Path', Option: 'Equals', Values: ['/a'] }],
      'InvalidFilterOption',
      /^The following filter option is not valid: Equals\. Valid options include: \[Recursive, OneLevel\]\.$/,
    ],
    [
      [{ Key: 'Name', Option: 'option', Values: ['a'] }],
      'InvalidFilterOption',
      /^The following filter option is not valid: option\. Valid options include: \[BeginsWith, Equals\]\.$/,
    ],
    [[{ Key: 'Tier', Option: 'Contains', Values: ['a'] }], 'InvalidFilterOption', /not valid: Contains/],
    [[{ Key: 'Name', Option: 'Recursive', Values: ['a'] }], 'InvalidFilterOption', /not valid: Recursive/],
    [
      [{ Key: 'Tier', Values: ['test'] }],
      'InvalidFilterOption',
      /^The following filter value is not valid: test\. Valid values include: \[Standard, Advanced, Intelligent-Tiering\]\.$/,
    ],
    [
      [{ Key: 'Type', Values: ['String', 'test'] }],
      'InvalidFilterOption',
      /^The following filter value is not valid: test\. Valid values include: \[String, StringList, SecureString\]\.$/,
    ],
    [[{ Key: 'Path', Values: ['/aws'] }], 'ValidationException', /^Filters for common parameters can't be prefixed/],
    [[{ Key: 'Path', Values: ['/a', '/SSM/x'] }], 'ValidationException', /common parameters/],
    [[{ Key: 'Path', Values: ['/###'] }], 'ValidationException', /doesn't meet the parameter name requirements/],
    [[{ Key: 'Path', Values: ['test'] }], 'ValidationException', /begin with a forward slash/],
    [[{ Key: 'KeyId', Values: ['a\0'] }], 'InvalidFilterValue', /NUL/],
  ])('refuses %j', (filters, code, message) => {
    expect(() => describe1(...filters)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('what GetParametersByPath asks for', () => {
  it('is a level or a subtree, and what it is filtered by', () => {
    expect(byPathQuery('/a', false, undefined)).toEqual({ ranges: [inLevel('/a')], like: {} });
    expect(byPathQuery('/a', true, [{ Key: 'Label', Values: ['prod_%'] }])).toEqual({
      ranges: [underLevel('/a')],
      like: { labels: ['prod_%'] },
    });
  });

  it.each<[Filter, string, RegExp]>([
    [
      { Key: 'Name', Values: ['a'] },
      'InvalidFilterKey',
      /^The following filter key is not valid: Name\. Valid filter keys include: \[Type, KeyId\]\.$/,
    ],
    [{ Key: 'Path', Values: ['/a'] }, 'InvalidFilterKey', /not valid: Path/],
    [{ Key: 'Tier', Values: ['Standard'] }, 'InvalidFilterKey', /not valid: Tier/],
    [{ Key: 'DataType', Values: ['text'] }, 'InvalidFilterKey', /not valid: DataType/],
    [{ Key: 'tag:a', Values: ['b'] }, 'InvalidFilterKey', /not valid: tag:a/],
    [{ Key: 'Label', Option: 'BeginsWith', Values: ['a'] }, 'InvalidFilterOption', /include: \[Equals\]\.$/],
    [{ Key: 'Type', Option: 'Contains', Values: ['a'] }, 'InvalidFilterOption', /\[BeginsWith, Equals\]\.$/],
    [{ Key: 'Type', Values: ['Text'] }, 'InvalidFilterOption', /not valid: Text/],
  ])('refuses %j', (filter, code, message) => {
    expect(() => byPathQuery('/', true, [filter])).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('patterns', () => {
  /** LIKE, as a regular expression. */
  const like = (pattern: string) =>
    new RegExp(
      `^${pattern.replace(/\\(.)|[%_]|[^\\]/gsu, (found, escaped?: string) =>
        found === '%' ? '.*' : found === '_' ? '.' : (escaped ?? found).replace(/[^a-z0-9]/gi, '\\$&'),
      )}$`,
      's',
    );

  it('mean what the option says, whatever the value', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '%', '_', '\\', '.', '*', '/'), maxLength: 6 });
    fc.assert(
      fc.property(text, text, (value, subject) => {
        const matches = (option: string) => like(likePatterns({ option, values: [value] })[0]!).test(subject);
        expect(matches('Equals')).toBe(subject === value);
        expect(matches('BeginsWith')).toBe(subject.startsWith(value));
        expect(matches('Contains')).toBe(subject.includes(value));
      }),
      { numRuns: 1000 },
    );
  });
});
