import { watches } from './watch.js';

describe('a watch', () => {
  it.each([
    ['/app', false, ['/app', '/app/a']],
    ['/app', true, ['/app', '/app/a', '/app/a/b']],
    ['/', false, ['/app', '/apple']],
    ['/', true, ['/app', '/app/a', '/app/a/b', '/apple', '/apple/a']],
    ['/app/a', false, ['/app/a', '/app/a/b']],
  ])('of %s, recursive: %s', (path, recursive, wanted) => {
    const all = ['/app', '/app/a', '/app/a/b', '/apple', '/apple/a'];
    expect(all.filter((each) => watches({ path, recursive }, each))).toEqual(wanted);
  });
});
