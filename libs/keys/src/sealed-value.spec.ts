import { randomBytes } from 'node:crypto';

import fc from 'fast-check';

import { CannotOpen } from './envelope.js';
import { type KeyMaterial, openValue, sealValue, sealedBy } from './sealed-value.js';

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const key: KeyMaterial = { keyId, version: 3, material: randomBytes(32) };
const aad = 'arn:aws:ssm:us-east-1:123456789012:parameter/a#1';

describe('a sealed value', () => {
  it('opens with its key for what it was sealed for, and never looks alike twice', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (plaintext, bound) => {
        const sealed = sealValue(key, plaintext, bound);
        expect(Buffer.from(openValue(key, sealed, bound))).toEqual(Buffer.from(plaintext));
        expect(sealValue(key, plaintext, bound)).not.toBe(sealed);
        expect(sealedBy(sealed)).toEqual({ keyId, version: 3 });
      }),
    );
  });

  it('says by which key it was sealed, and nothing of what it holds', () => {
    const sealed = sealValue(key, Buffer.from('a secret'), aad);
    expect(sealed).toMatch(/^k1\.1234abcd-12ab-34cd-56ef-1234567890ab\.3\.[\w-]+\.[\w-]+$/);
    expect(Buffer.from(sealed.split('.')[4]!, 'base64url').toString('latin1')).not.toContain('secret');
  });

  it.each([
    ['another parameter', key, `${aad}0`],
    ['another material', { ...key, material: randomBytes(32) }, aad],
    ['another version', { ...key, version: 2 }, aad],
    ['another key', { ...key, keyId: '00000000-12ab-34cd-56ef-1234567890ab' }, aad],
  ])('does not open for %s', (_what, other, bound) => {
    const sealed = sealValue(key, Buffer.from('a secret'), aad);
    expect(() => openValue(other, sealed, bound)).toThrow(CannotOpen);
  });

  it('does not open as sealed by another version of the same material', () => {
    const sealed = sealValue(key, Buffer.from('a secret'), aad).replace('.3.', '.2.');
    expect(() => openValue({ ...key, version: 2 }, sealed, aad)).toThrow(CannotOpen);
  });

  it('does not open with any byte altered', () => {
    const parts = sealValue(key, Buffer.from('a secret'), aad).split('.');
    fc.assert(
      fc.property(fc.constantFrom(3, 4), fc.nat(), fc.integer({ min: 1, max: 255 }), (part, place, flip) => {
        const bytes = Buffer.from(parts[part]!, 'base64url');
        bytes[place % bytes.length]! ^= flip;
        const altered = parts.with(part, bytes.toString('base64url')).join('.');
        expect(() => openValue(key, altered, aad)).toThrow(CannotOpen);
      }),
      { numRuns: 500 },
    );
  });

  it('is nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(sealedBy(text)).toBeUndefined();
        expect(() => openValue(key, text, aad)).toThrow(CannotOpen);
      }),
    );
    for (const text of ['k1.a.0.b.c', 'k1.a.1.b', 'k2.a.1.b.c', 'k1..1.b.c', `k1.${keyId}.3.AAAA.AAAA`]) {
      expect(sealedBy(text)).toBeUndefined();
    }
  });
});
