import { generationOf, withGeneration } from './generation.js';
import { ignored } from './topology.js';

describe('settings of a stream or durable', () => {
  it('carry their generation in the description', () => {
    expect(generationOf(withGeneration(7, 'Muster'))).toBe(7);
    expect(generationOf('made by hand')).toBe(0);
    expect(generationOf(undefined)).toBe(0);
  });

  it('are compared with what the server made of them', () => {
    const wanted = { name: 'A', max_age: 5, allow_direct: true, deny_delete: false, subjects: ['a'] };
    expect(ignored(wanted, { name: 'A', max_age: 5, allow_direct: true, subjects: ['a'], more: 1 })).toEqual([]);
    expect(ignored(wanted, { name: 'A', max_age: 5, subjects: ['a', 'b'] })).toEqual([
      'allow_direct = true',
      'subjects = ["a"]',
    ]);
  });
});
