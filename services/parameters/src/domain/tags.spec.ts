import { changedTags, taggedReference, tagsOf } from './tags.js';

describe('tags of a parameter', () => {
  it('are taken each once, and none of the reserved ones', () => {
    expect(tagsOf([{ Key: 'role', Value: 'web' }])).toEqual({ role: 'web' });
    expect(tagsOf(undefined)).toEqual({});
    expect(() => tagsOf([{ Key: 'AWS:x', Value: '' }])).toThrow(/aws:/);
    const odd = { Key: '__proto__', Value: 'x' };
    expect(Object.entries(tagsOf([odd]))).toEqual([['__proto__', 'x']]);
    expect(() => tagsOf([odd, odd])).toThrow(/Duplicate/);
  });

  it('are changed together: set, and then removed', () => {
    expect(changedTags({ a: '1', b: '2' }, { b: '3', c: '4' }, ['a', 'never-there'])).toEqual({ b: '3', c: '4' });
    expect(() => changedTags({}, { 'aws:x': '' }, [])).toThrow(/aws:/);
  });

  it('are 50 at most, whenever they come', () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 'v']));
    expect(Object.keys(changedTags(many(49), { one: 'more' }, []))).toHaveLength(50);
    expect(() => changedTags(many(50), { one: 'more' }, [])).toThrow(
      expect.objectContaining({ code: 'TooManyTagsError' }),
    );
    expect(changedTags(many(50), { k1: 'new' }, [])).toMatchObject({ k1: 'new' });
    const list = Object.entries(many(51)).map(([Key, Value]) => ({ Key, Value }));
    expect(() => tagsOf(list)).toThrow(/50 tags at most/);
  });

  it('belong to the parameter, not to a version of it', () => {
    const scope = { account: '111111111111', region: 'us-east-1' };
    expect(taggedReference('a', scope)).toMatchObject({ path: '/a', elsewhere: false });
    expect(taggedReference('/a:3', scope).elsewhere).toBe(true);
    expect(() => taggedReference('a b', scope)).toThrow(expect.objectContaining({ code: 'InvalidResourceId' }));
  });
});
