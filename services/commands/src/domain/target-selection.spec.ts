import { BadTargets, hasTags, targetSelection } from './target-selection.js';

describe('the targets of a command', () => {
  it('are ids, or conditions that all hold', () => {
    expect(targetSelection({ instanceIds: ['mi-1'], targets: [] })).toEqual({ nodeIds: ['mi-1'], tags: [] });
    expect(
      targetSelection({
        instanceIds: [],
        targets: [
          { Key: 'tag:role', Values: ['web', 'db'] },
          { Key: 'tag-key', Values: ['owner'] },
          { Key: 'InstanceIds', Values: ['mi-1', 'mi-1'] },
        ],
      }),
    ).toEqual({
      nodeIds: ['mi-1'],
      tags: [
        { key: 'role', values: ['web', 'db'] },
        { key: 'owner', values: [] },
      ],
    });
  });

  it.each([
    ['both', { instanceIds: ['mi-1'], targets: [{ Key: 'tag:a', Values: ['b'] }] }],
    ['none', { instanceIds: [], targets: [] }],
    ['no values', { instanceIds: [], targets: [{ Key: 'tag:a', Values: [] }] }],
    ['an unknown key', { instanceIds: [], targets: [{ Key: 'colour', Values: ['red'] }] }],
    ['all nodes', { instanceIds: [], targets: [{ Key: 'InstanceIds', Values: ['*'] }] }],
    ['resource groups', { instanceIds: [], targets: [{ Key: 'resource-groups:Name', Values: ['g'] }] }],
  ])('are refused: %s', (_what, given) => {
    expect(() => targetSelection(given)).toThrow(BadTargets);
  });

  it('match by value, or by the key alone', () => {
    const conditions = [
      { key: 'role', values: ['web', 'db'] },
      { key: 'owner', values: [] },
    ];
    expect(hasTags({ role: 'db', owner: '' }, conditions)).toBe(true);
    expect(hasTags({ role: 'mail', owner: 'me' }, conditions)).toBe(false);
    expect(hasTags({ role: 'web' }, conditions)).toBe(false);
    expect(hasTags({}, [{ key: 'toString', values: [] }])).toBe(false);
  });
});
