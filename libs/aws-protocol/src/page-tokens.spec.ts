import { createHash } from 'node:crypto';

import fc from 'fast-check';

import { ApiError } from './api-error.js';
import { decodePageToken, encodePageToken } from './page-tokens.js';

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
const scope = {
  operation: 'ssm:DescribeActivations',
  account: '123456789012',
  region: 'us-east-1',
  filters: { a: 1, b: [2] },
};

describe('a page token', () => {
  it('gives back the position that it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (position) => {
        const plain: unknown = JSON.parse(JSON.stringify(position));
        const token = encodePageToken(scope, plain, sha256);
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodePageToken(scope, token, sha256)).toEqual(plain);
      }),
    );
  });

  it('does not care in which order filters are written', () => {
    const token = encodePageToken(scope, 7, sha256);
    expect(decodePageToken({ ...scope, filters: { b: [2], a: 1 } }, token, sha256)).toBe(7);
  });

  it.each([
    ['operation', { operation: 'ssm:ListCommands' }],
    ['account', { account: '210987654321' }],
    ['region', { region: 'eu-west-1' }],
    ['filters', { filters: { a: 2, b: [2] } }],
  ])('is refused for another %s', (_what, change) => {
    const token = encodePageToken(scope, ['x', 3], sha256);
    expect(() => decodePageToken({ ...scope, ...change }, token, sha256)).toThrow(
      expect.objectContaining({ code: 'InvalidNextToken' }),
    );
  });

  it('is refused when anything of it was changed, or when it never was one', () => {
    const token = encodePageToken(scope, ['x', 3], sha256);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ABCabc019_-'), (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        fc.pre(changed !== token);
        // The last character of unpadded base64 holds bits that mean nothing.
        fc.pre(at < token.length - 1);
        expect(() => decodePageToken(scope, changed, sha256)).toThrow(ApiError);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodePageToken(scope, text, sha256)).toThrow(ApiError);
      }),
    );
  });
});
