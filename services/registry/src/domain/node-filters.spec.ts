import { nodeConditions } from './node-filters.js';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('filters of managed nodes', () => {
  it('name columns, tags and tag keys', () => {
    expect(
      nodeConditions({
        Filters: [
          { Key: 'tag:role', Values: ['web', 'db'] },
          { Key: 'tag-key', Values: ['env'] },
        ],
      }),
    ).toEqual([
      { kind: 'tag', key: 'role', values: ['web', 'db'] },
      { kind: 'tag-key', keys: ['env'] },
    ]);
    expect(nodeConditions({ InstanceInformationFilterList: [{ key: 'PingStatus', valueSet: ['Online'] }] })).toEqual([
      { kind: 'column', column: 'pingStatus', values: ['Online'] },
    ]);
    expect(nodeConditions({})).toEqual([]);
  });

  it('are of one form only, and either by tag or not', () => {
    const old = [{ key: 'PingStatus' as const, valueSet: ['Online'] }];
    const strings = [{ Key: 'PingStatus', Values: ['Online'] }];
    expect(() => nodeConditions({ Filters: strings, InstanceInformationFilterList: old })).toThrow(
      code('ValidationException'),
    );
    expect(() => nodeConditions({ Filters: [...strings, { Key: 'tag:a', Values: ['b'] }] })).toThrow(
      code('InvalidFilterKey'),
    );
  });

  it.each([
    ['Colour', 'red', 'InvalidFilterKey'],
    ['tag:', 'x', 'InvalidFilterKey'],
    ['constructor', 'x', 'InvalidFilterKey'],
    ['PingStatus', 'Sleeping', 'InvalidInstanceInformationFilterValue'],
    ['PlatformTypes', 'BeOS', 'InvalidInstanceInformationFilterValue'],
    ['InstanceIds', 'web-1', 'InvalidInstanceId'],
  ])('refuse %s=%s with %s', (Key, value, expected) => {
    expect(() => nodeConditions({ Filters: [{ Key, Values: [value] }] })).toThrow(code(expected));
  });
});
