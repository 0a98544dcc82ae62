import { levelOf } from './path-level.js';

describe('a level', () => {
  it('takes a level with or without the slash behind it', () => {
    expect(levelOf('/a/b/')).toBe('/a/b');
    expect(levelOf('/a')).toBe('/a');
    expect(levelOf('/')).toBe('/');
  });

  it.each(['a', 'a/b', '//', '/a//', '/a b', ''])('refuses %p', (path) =>
    expect(() => levelOf(path)).toThrow(/must begin with a forward slash/),
  );
});
