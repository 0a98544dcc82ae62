import fc from 'fast-check';

import { wholeCharacters } from './stream-file.js';

describe('the head of an output', () => {
  it('ends with a whole character, and loses no more than the half one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(), (text, at) => {
        const bytes = Buffer.from(text);
        const cut = bytes.subarray(0, at % (bytes.length + 1));
        const head = wholeCharacters(cut);
        expect(bytes.toString().startsWith(head.toString())).toBe(true);
        expect(cut.length - head.length).toBeLessThan(4);
      }),
    );
  });

  it('of bytes that are no text loses at most three', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        expect(bytes.length - wholeCharacters(Buffer.from(bytes)).length).toBeLessThan(4);
      }),
    );
  });
});
