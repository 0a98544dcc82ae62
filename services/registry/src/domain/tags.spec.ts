import { addTags, removeTags, tagList } from './tags.js';

describe('tags', () => {
  it('are added, replaced and removed by key', () => {
    const tags = addTags({ role: 'db', env: 'prod' }, [
      { Key: 'role', Value: 'web' },
      { Key: 'a', Value: '' },
    ]);
    expect(tags).toEqual({ role: 'web', env: 'prod', a: '' });
    expect(removeTags(tags, ['role', 'nothing'])).toEqual({ env: 'prod', a: '' });
    expect(tagList(tags).map((tag) => tag.Key)).toEqual(['a', 'env', 'role']);
  });

  it('are at most fifty', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    expect(Object.keys(addTags({}, many(50)))).toHaveLength(50);
    expect(() => addTags({}, many(51))).toThrow(expect.objectContaining({ code: 'TooManyTagsError' }));
    expect(() => addTags(addTags({}, many(50)), [{ Key: 'k0', Value: 'w' }])).not.toThrow();
  });

  it('never start with aws:', () => {
    expect(() => addTags({}, [{ Key: 'AWS:x', Value: '' }])).toThrow(/reserved/);
  });
});
