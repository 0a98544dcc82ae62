import fc from 'fast-check';

import { fromBase64, fromBase64Url, toBase64, toBase64Url } from './base64.js';

describe('base64', () => {
  it("is what node's Buffer makes of it, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(toBase64(bytes)).toBe(text);
        expect(fromBase64(text)).toEqual(bytes);
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(['a', 'ab=c', 'ä===', 'ab cd', '====='])('refuses %j', (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });
});
