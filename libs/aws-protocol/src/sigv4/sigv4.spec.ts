import { createHash, createHmac } from 'node:crypto';

import fc from 'fast-check';

import { ApiError } from '../api-error.js';
import { fromUtf8, hex, utf8 } from '../text.js';
import { type SignableRequest, canonicalRequest } from './canonical-request.js';
import { checkClaim } from './check-claim.js';
import { parseAuthorization } from './claim.js';
import type { Hash } from './hash.js';
import { headersFromObject, headersFromRaw } from './header-values.js';
import { presignRequest, signRequest } from './sign-request.js';
import { deriveSigningKey } from './signature.js';
import { verifySignature } from './verify-signature.js';

const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const now = new Date('2015-08-30T12:36:00Z');

function aRequest(
  request: Partial<Omit<SignableRequest, 'headers'>> & { headers?: Record<string, string | string[]> } = {},
): SignableRequest {
  return {
    method: 'GET',
    path: '/',
    query: '',
    body: new Uint8Array(),
    ...request,
    headers: headersFromObject({ host: 'example.amazonaws.com', ...request.headers }),
  };
}

function signed(request: SignableRequest, added: Record<string, string>): SignableRequest {
  return { ...request, headers: new Map([...request.headers, ...headersFromObject(added)]) };
}

function verify(request: SignableRequest, at = now): void {
  const claim = parseAuthorization(request.headers, request.query);
  if (!claim) throw new Error('not signed');
  verifySignature(request, claim, deriveSigningKey(credentials.secretAccessKey, claim, hash), at, hash);
}

describe("AWS's published examples", () => {
  const target = { region: 'us-east-1', service: 'service' };

  it.each([
    ['get-vanilla', aRequest(), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['post-vanilla', aRequest({ method: 'POST' }), '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'get-vanilla-query-order-key-case',
      aRequest({ query: 'Param2=value2&Param1=value1' }),
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'post-x-www-form-urlencoded',
      aRequest({
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: utf8('Param1=value1'),
      }),
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'get-header-value-trim',
      aRequest({ headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' } }),
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'get-header-key-duplicate',
      aRequest({ headers: { 'my-header1': ['value2', 'value2', 'value1'] } }),
      'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
    ],
    [
      'get-unreserved',
      aRequest({ path: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz' }),
      '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
    ],
    [
      'get-slash-dot-slash',
      aRequest({ path: '/./' }),
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    ['get-slashes', aRequest({ path: '//' }), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-relative',
      aRequest({ path: '/example/..' }),
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
  ])('%s', (_name, request, signature) => {
    const added = signRequest(request, credentials, target, now, hash);
    expect(added.authorization).toMatch(new RegExp(`Signature=${signature}$`));
    expect(() => verify(signed(request, added))).not.toThrow();
  });

  it('signs ListUsers as the documentation does', () => {
    const request = aRequest({
      query: 'Action=ListUsers&Version=2010-05-08',
      headers: { host: 'iam.amazonaws.com', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    const scope = { date: '20150830', region: 'us-east-1', service: 'iam' };
    expect(hex(deriveSigningKey(credentials.secretAccessKey, scope, hash))).toBe(
      'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
    );
    expect(signRequest(request, credentials, scope, now, hash).authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    );
  });
});

describe('a signature', () => {
  const target = { region: 'us-east-1', service: 'ssm' };
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const requests = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    segments: fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 4 }),
    query: fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), text), { maxLength: 4 }),
    headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[\x20-\x7e]{0,20}$/), {
      maxKeys: 4,
    }),
    body: fc.uint8Array({ maxLength: 200 }),
  });

  function make(parts: typeof requests extends fc.Arbitrary<infer T> ? T : never): SignableRequest {
    return aRequest({
      method: parts.method,
      path: `/${parts.segments.map(encodeURIComponent).join('/')}`,
      query: parts.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'),
      headers: parts.headers,
      body: parts.body,
    });
  }

  it('is accepted as it was made, whatever the request', () => {
    fc.assert(
      fc.property(requests, (parts) => {
        const request = make(parts);
        verify(signed(request, signRequest(request, credentials, target, now, hash)));
      }),
    );
  });

  it('is accepted when presigned, whatever the request', () => {
    fc.assert(
      fc.property(requests, (parts) => {
        const request = make(parts);
        const query = presignRequest(request, credentials, { ...target, expiresSeconds: 60 }, now, hash);
        verify({ ...request, query });
      }),
    );
  });

  it('is refused when any bit of body, signature or signed header is flipped', () => {
    fc.assert(
      fc.property(
        requests,
        fc.nat(),
        fc.constantFrom('body', 'signature', 'x-amz-date', 'x-mark'),
        (parts, bit, where) => {
          const request = make({
            ...parts,
            body: Uint8Array.of(1, ...parts.body),
            headers: { ...parts.headers, 'x-mark': 'mark' },
          });
          const whole = signed(request, signRequest(request, credentials, target, now, hash));
          expect(() => verify(flipped(whole, where, bit))).toThrow(ApiError);
        },
      ),
    );
  });

  function flipped(request: SignableRequest, where: string, bit: number): SignableRequest {
    const flip = (bytes: Uint8Array, from = 0): Uint8Array => {
      const changed = Uint8Array.from(bytes);
      const at = from + (Math.floor(bit / 5) % (bytes.length - from));
      changed[at]! ^= 1 << (bit % 5);
      return changed;
    };
    if (where === 'body') return { ...request, body: flip(request.body) };
    const name = where === 'signature' ? 'authorization' : where;
    const value = utf8(request.headers.get(name)![0]!);
    const changed = fromUtf8(flip(value, where === 'signature' ? value.length - 64 : 0));
    return { ...request, headers: new Map([...request.headers, [name, [changed]]]) };
  }

  it('holds for another order of query parameters only if names and values stay together', () => {
    const request = aRequest({ query: 'b=2&a=1' });
    const added = signRequest(request, credentials, target, now, hash);
    expect(() => verify(signed({ ...request, query: 'a=1&b=2' }, added))).not.toThrow();
    expect(() => verify(signed({ ...request, query: 'a=2&b=1' }, added))).toThrow(ApiError);
  });

  it('is verified over UTF-8 headers as they came over the wire', () => {
    const request = aRequest({ headers: { 'x-name': 'Zoë' } });
    const added = signRequest(request, credentials, target, now, hash);
    const raw = Object.entries({
      Host: 'example.amazonaws.com',
      'X-Name': Buffer.from('Zoë').toString('latin1'),
      ...added,
    });
    expect(() => verify({ ...request, headers: headersFromRaw(raw.flat()) })).not.toThrow();
  });

  it('covers the hash of the body when the client sends one', () => {
    const body = utf8('{}');
    const request = aRequest({ method: 'POST', body, headers: { 'x-amz-content-sha256': hex(hash.sha256(body)) } });
    const whole = signed(request, signRequest(request, credentials, target, now, hash));
    expect(() => verify(whole)).not.toThrow();
    expect(() => verify({ ...whole, body: utf8('{ }') })).toThrow(/x-amz-content-sha256/);
  });

  it('leaves the body open when the client says so', () => {
    const request = aRequest({ method: 'POST', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } });
    const whole = signed(request, signRequest(request, credentials, target, now, hash));
    expect(() => verify({ ...whole, body: utf8('anything') })).not.toThrow();
  });

  it('must cover host and X-Amz-Target', () => {
    const bare = aRequest();
    const added = signRequest(bare, credentials, target, now, hash);
    const retargeted = signed(bare, { ...added, 'x-amz-target': 'AmazonSSM.DeleteParameter' });
    expect(() => verify(retargeted)).toThrow(/'X-Amz-Target' must be a 'SignedHeader'/);

    const { host: _host, ...rest } = Object.fromEntries(bare.headers) as Record<string, string[]>;
    const hostless = { ...bare, headers: headersFromObject(rest) };
    expect(() => verify(signed(hostless, signRequest(hostless, credentials, target, now, hash)))).toThrow(/'Host'/);
  });

  it('carries a session token, in header and query', () => {
    const session = { ...credentials, sessionToken: 'to/ken+==' };
    const request = aRequest();
    const whole = signed(request, signRequest(request, session, target, now, hash));
    expect(parseAuthorization(whole.headers, '')).toMatchObject({
      sessionToken: 'to/ken+==',
      accessKeyId: 'AKIDEXAMPLE',
    });
    const query = presignRequest(request, session, { ...target, expiresSeconds: 9 }, now, hash);
    expect(parseAuthorization(request.headers, query)).toMatchObject({ sessionToken: 'to/ken+==', expiresSeconds: 9 });
  });

  it.each([
    [
      -301,
      'Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)',
    ],
    [-300, undefined],
    [300, undefined],
    [301, 'Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)'],
  ])('made %i s ago', (seconds, message) => {
    const request = aRequest();
    const whole = signed(request, signRequest(request, credentials, target, now, hash));
    const attempt = () => verify(whole, new Date(now.getTime() + seconds * 1000));
    if (message === undefined) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(expect.objectContaining({ code: 'InvalidSignatureException', message }));
  });

  it('presigned lasts as long as it says', () => {
    const request = aRequest();
    const query = presignRequest(request, credentials, { ...target, expiresSeconds: 900 }, now, hash);
    expect(() => verify({ ...request, query }, new Date(now.getTime() + 900_000))).not.toThrow();
    expect(() => verify({ ...request, query }, new Date(now.getTime() + 901_000))).toThrow(/Signature expired/);
  });
});

describe('a claim', () => {
  const date = { 'x-amz-date': '20150830T123600Z' };
  const full =
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ssm/aws4_request, SignedHeaders=host;x-amz-date, Signature=00';

  it('is absent from an unsigned request', () => {
    expect(parseAuthorization(headersFromObject({ host: 'a' }), 'Action=X')).toBeUndefined();
  });

  it.each([
    [
      'a bearer token',
      { authorization: 'Bearer abc' },
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ],
    [
      'another algorithm',
      { authorization: 'AWS4-ECDSA-P256-SHA256 Credential=a', ...date },
      "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.",
    ],
    [
      'no signature',
      { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host', ...date },
      "Authorization header requires 'Signature' parameter.",
    ],
    [
      'a credential without scope',
      { authorization: 'AWS4-HMAC-SHA256 Credential=AKID, SignedHeaders=host, Signature=0', ...date },
      'Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term.',
    ],
    [
      'a date that is none',
      { authorization: full, 'x-amz-date': '20150231T000000Z' },
      "Date must be in ISO-8601 'basic format'. Got '20150231T000000Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    ],
    [
      'two authorizations',
      { authorization: [full, full], ...date },
      "Header 'authorization' must not be given more than once.",
    ],
  ])('with %s is refused', (_what, headers, message) => {
    expect(() => parseAuthorization(headersFromObject(headers), '')).toThrow(
      expect.objectContaining({ code: 'IncompleteSignatureException', message }),
    );
  });

  it('never repeats a header that may hold a secret', () => {
    expect(() => parseAuthorization(headersFromObject({ authorization: 'Bearer hush' }), '')).toThrow(/^((?!hush).)*$/);
  });

  it('takes its date from the Date header when that is all there is', () => {
    const headers = headersFromObject({ authorization: full, date: 'Sun, 30 Aug 2015 12:36:00 GMT' });
    expect(parseAuthorization(headers, '')).toMatchObject({ timestamp: '20150830T123600Z' });
  });

  it('must be for a region, service and day that is meant', () => {
    const claim = parseAuthorization(headersFromObject({ authorization: full, ...date }), '')!;
    const check = (change: object, expected = { service: 'ssm', regions: ['us-east-1'] }) => {
      checkClaim({ ...claim, ...change }, expected, now);
    };
    expect(() => check({})).not.toThrow();
    expect(() => check({ region: 'mars' })).toThrow('Credential should be scoped to a valid region.');
    expect(() => check({ service: 'sts' })).toThrow("Credential should be scoped to correct service: 'ssm'.");
    expect(() => check({ terminator: 'x' })).toThrow(/valid terminator/);
    expect(() => check({ date: '20150829' })).toThrow(/Date in Credential scope does not match/);
  });
});

describe('the canonical form', () => {
  it('encodes the path once more and keeps its trailing slash', () => {
    expect(canonicalRequest(aRequest({ path: '/a%20b/c/' }), [], '').split('\n')[1]).toBe('/a%2520b/c/');
  });
});
