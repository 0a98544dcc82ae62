import { levelOf, pathFilters } from './path-query.js';

describe('asking by path', () => {
  it('takes a level with or without the slash behind it', () => {
    expect(levelOf('/a/b/')).toBe('/a/b');
    expect(levelOf('/a')).toBe('/a');
    expect(levelOf('/')).toBe('/');
  });

  it.each(['a', 'a/b', '//', '/a//', '/a b', ''])('refuses %p', (path) =>
    expect(() => levelOf(path)).toThrow(/must begin with a forward slash/),
  );

  it('filters by type', () => {
    expect(pathFilters([{ Key: 'Type', Values: ['String'] }])).toEqual({ types: ['String'], nothing: false });
    expect(pathFilters([{ Key: 'Type', Option: 'BeginsWith', Values: ['S'] }]).types).toHaveLength(3);
    expect(pathFilters(undefined)).toEqual({ nothing: false });
  });

  it('finds nothing by keys and labels while there are none', () => {
    expect(pathFilters([{ Key: 'Label', Values: ['prod'] }]).nothing).toBe(true);
    expect(pathFilters([{ Key: 'KeyId', Values: ['alias/x'] }]).nothing).toBe(true);
  });

  it.each([
    [
      [{ Key: 'Name', Values: ['a'] }],
      'InvalidFilterKey',
      /not valid: Name\. Valid filter keys include: \[Type, KeyId\]/,
    ],
    [[{ Key: 'Type', Option: 'Contains', Values: ['a'] }], 'InvalidFilterOption', /\[BeginsWith, Equals\]/],
    [[{ Key: 'Label', Option: 'BeginsWith', Values: ['a'] }], 'InvalidFilterOption', /\[Equals\]/],
    [[{ Key: 'Type' }], 'InvalidFilterValue', /missing/],
    [[{ Key: 'Type', Values: ['Text'] }], 'InvalidFilterOption', /Text/],
    [
      [
        { Key: 'Type', Values: ['String'] },
        { Key: 'Type', Values: ['String'] },
      ],
      'InvalidFilterKey',
      /duplicated/,
    ],
  ])('refuses %j', (filters, code, message) => {
    expect(() => pathFilters(filters)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
