import fc from 'fast-check';

import { checkPolicy, encodedDocument, policySize } from './policy-text.js';

describe('the text of a policy', () => {
  it('is refused when it could not be decided with', () => {
    expect(() => checkPolicy('{"Statement": []')).toThrow(
      expect.objectContaining({ code: 'MalformedPolicyDocumentException' }),
    );
    expect(() =>
      checkPolicy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ssm:*","Resource":"*"}}'),
    ).not.toThrow();
  });

  it('is measured without its white space', () => {
    expect(policySize('{ "a":\n\t"b" }')).toBe('{"a":"b"}'.length);
  });

  it('comes back from its encoding, of which nothing has a meaning in a URL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodedDocument(text);
        expect(encoded).toMatch(/^[A-Za-z0-9%._~-]*$/);
        expect(decodeURIComponent(encoded)).toBe(text);
      }),
    );
  });
});
