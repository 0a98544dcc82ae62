import { activationConditions } from './activation-filters.js';

describe('filters of activations', () => {
  it('are by id, name or role', () => {
    expect(
      activationConditions([
        { FilterKey: 'ActivationIds', FilterValues: ['a', 'b'] },
        { FilterKey: 'IamRole', FilterValues: ['role'] },
      ]),
    ).toEqual({ ids: ['a', 'b'], roles: ['role'] });
    expect(activationConditions([])).toEqual({});
  });

  it.each([
    [[{ FilterValues: ['x'] }]],
    [[{ FilterKey: 'IamRole' as const }]],
    [
      [
        { FilterKey: 'IamRole' as const, FilterValues: ['a'] },
        { FilterKey: 'IamRole' as const, FilterValues: ['b'] },
      ],
    ],
  ])('are refused when they say nothing, or twice: %p', (filters) => {
    expect(() => activationConditions(filters)).toThrow(expect.objectContaining({ code: 'InvalidFilter' }));
  });
});
