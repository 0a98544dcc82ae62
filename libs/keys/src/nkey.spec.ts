import fc from 'fast-check';

import { createUser, fromPublic, fromSeed } from '@nats-io/nkeys';

import { createNkey, isPublicNkey, nkeyFromSeed, verifyNkey } from './nkey.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('an nkey', () => {
  it.each(['operator', 'account', 'user'] as const)('of kind %s is the one that NATS reads', (kind) => {
    const key = createNkey(kind);
    const theirs = fromSeed(bytes(key.seed));

    expect(theirs.getPublicKey()).toBe(key.publicKey);
    expect(Buffer.from(key.sign(bytes('a nonce')))).toEqual(Buffer.from(theirs.sign(bytes('a nonce'))));
    expect(fromPublic(key.publicKey).verify(bytes('a nonce'), key.sign(bytes('a nonce')))).toBe(true);
    expect(nkeyFromSeed(key.seed)).toMatchObject({ kind, publicKey: key.publicKey, seed: key.seed });
  });

  it('that NATS made is read', () => {
    const theirs = createUser();
    const seed = new TextDecoder().decode(theirs.getSeed());

    expect(nkeyFromSeed(`${seed}\n`).publicKey).toBe(theirs.getPublicKey());
  });

  it('signs what only its own public key verifies', () => {
    const [mine, other] = [createNkey('user'), createNkey('user')];
    const signature = mine.sign(bytes('text'));

    expect(verifyNkey('user', mine.publicKey, bytes('text'), signature)).toBe(true);
    expect(verifyNkey('user', other.publicKey, bytes('text'), signature)).toBe(false);
    expect(verifyNkey('user', mine.publicKey, bytes('texT'), signature)).toBe(false);
    expect(verifyNkey('account', mine.publicKey, bytes('text'), signature)).toBe(false);
    expect(verifyNkey('user', mine.publicKey, bytes('text'), signature.subarray(1))).toBe(false);
  });

  it('with any letter changed is none', () => {
    const { publicKey, seed } = createNkey('user');
    fc.assert(
      fc.property(
        fc.nat(publicKey.length - 1),
        fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567a1.'),
        (at, letter) => {
          fc.pre(publicKey[at] !== letter && seed[at] !== letter);
          const changed = (text: string): string => text.slice(0, at) + letter + text.slice(at + 1);
          expect(isPublicNkey('user', changed(publicKey))).toBe(false);
          expect(() => nkeyFromSeed(changed(seed))).toThrow(/nkey/);
        },
      ),
    );
  });

  it('is not read from rubbish', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(() => nkeyFromSeed(text)).toThrow(/nkey/)));
  });
});
