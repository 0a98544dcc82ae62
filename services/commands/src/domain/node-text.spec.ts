import { nodeText } from './node-text.js';

describe('a text of a node', () => {
  it.each([
    ['no room left', 'no room left'],
    ['a\0b\0', 'a\ufffdb\ufffd'],
    ['x'.repeat(2_000), 'x'.repeat(1_000)],
  ])('%j', (text, kept) => expect(nodeText(text)).toBe(kept));
});
