import { randomBytes, randomUUID } from 'node:crypto';

import fc from 'fast-check';

import { CannotOpen } from './envelope.js';
import { decryptWithKey, encryptWithKey, encryptedBy } from './key-ciphertext.js';
import type { KeyMaterial } from './sealed-value.js';

const key: KeyMaterial = { keyId: randomUUID(), version: 7, material: randomBytes(32) };
const contexts = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));

describe('a ciphertext of a key', () => {
  it('opens with its key and context, in any order of its pairs, and never looks alike twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), contexts, (plaintext, context) => {
        const blob = encryptWithKey(key, plaintext, context);
        const reversed = Object.fromEntries(Object.entries(context).reverse());
        expect(Buffer.from(decryptWithKey(key, blob, reversed))).toEqual(Buffer.from(plaintext));
        expect(encryptedBy(blob)).toEqual({ keyId: key.keyId, version: 7 });
        expect(Buffer.from(encryptWithKey(key, plaintext, context))).not.toEqual(Buffer.from(blob));
      }),
    );
  });

  it('opens in no other context', () => {
    fc.assert(
      fc.property(contexts, contexts, (context, other) => {
        fc.pre(JSON.stringify(Object.entries(context).sort()) !== JSON.stringify(Object.entries(other).sort()));
        const blob = encryptWithKey(key, Buffer.from('a secret'), context);
        expect(() => decryptWithKey(key, blob, other)).toThrow(CannotOpen);
      }),
    );
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['none', { a: 'b' }, {}],
    ['a text cut at another place', { ab: 'c' }, { a: 'bc' }],
    ['two pairs instead of one', { a: 'b', c: 'd' }, { a: 'bcd' }],
    ['key and value exchanged', { a: 'b' }, { b: 'a' }],
    ['upper case', { a: 'b' }, { A: 'b' }],
  ])('does not open in %s', (_what, context, other) => {
    const blob = encryptWithKey(key, Buffer.from('a secret'), context);
    expect(() => decryptWithKey(key, blob, other)).toThrow(CannotOpen);
  });

  it('opens with no other key, version or material', () => {
    const blob = encryptWithKey(key, Buffer.from('a secret'));
    for (const other of [{ keyId: randomUUID() }, { version: 8 }, { material: randomBytes(32) }]) {
      expect(() => decryptWithKey({ ...key, ...other }, blob)).toThrow(CannotOpen);
    }
  });

  it('does not open with any byte altered, or cut short', () => {
    const blob = encryptWithKey(key, Buffer.from('a secret'), { a: 'b' });
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = Uint8Array.from(blob, (byte, index) => (index === at ? byte ^ flip : byte));
        // Also when the key that it then names has the same material.
        const named = encryptedBy(altered);
        expect(() => decryptWithKey({ ...key, ...named }, altered, { a: 'b' })).toThrow(CannotOpen);
        expect(() => decryptWithKey(key, blob.subarray(0, at), { a: 'b' })).toThrow(CannotOpen);
      }),
      { numRuns: 1000 },
    );
  });

  it('is nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const named = encryptedBy(bytes);
        if (named) expect(named.keyId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect(() => decryptWithKey({ ...key, ...named }, bytes)).toThrow(CannotOpen);
      }),
    );
    expect(() => encryptWithKey({ ...key, keyId: 'mine' }, new Uint8Array())).toThrow('UUID');
  });
});
