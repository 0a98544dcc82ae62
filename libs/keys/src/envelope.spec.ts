import fc from 'fast-check';

import { CannotOpen, Envelope } from './envelope.js';
import { LocalRootKey } from './local-root-key.js';

const texts = new Map<string, string>();

function rootKey(name: string): LocalRootKey {
  const text = texts.get(name) ?? LocalRootKey.generate();
  texts.set(name, text);
  return LocalRootKey.parse(text, name);
}

describe('an envelope', () => {
  const envelope = new Envelope(rootKey('first'));

  it('opens what it sealed, and never seals alike twice', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (text, aad) => {
        const sealed = envelope.seal(text, aad);
        expect(Buffer.from(envelope.open(sealed, aad))).toEqual(Buffer.from(text));
        expect(envelope.seal(text, aad)).not.toBe(sealed);
      }),
    );
  });

  it('does not open for something else', () => {
    const sealed = envelope.seal(Buffer.from('secret'), 'access-key/AKIA1');

    expect(() => envelope.open(sealed, 'access-key/AKIA2')).toThrow(CannotOpen);
    expect(sealed).not.toContain('secret');
  });

  it('does not open with any character altered', () => {
    const sealed = envelope.seal(Buffer.from('secret'), 'aad');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'ABab01-_.'), (at, letter) => {
        const altered = sealed.slice(0, at) + letter + sealed.slice(at + 1);
        fc.pre(meaning(altered) !== meaning(sealed));
        expect(() => envelope.open(altered, 'aad')).toThrow(CannotOpen);
      }),
    );
  });

  it('opens what an older root key sealed as long as it has it', () => {
    const sealed = envelope.seal(Buffer.from('secret'), 'aad');
    const next = rootKey('second');

    expect(Buffer.from(new Envelope(next, [rootKey('first')]).open(sealed, 'aad')).toString()).toBe('secret');
    expect(() => new Envelope(next).open(sealed, 'aad')).toThrow('no such key');
  });
});

describe('a sealed text under an older root key', () => {
  const before = new Envelope(rootKey('old'));
  const during = new Envelope(rootKey('new'), [rootKey('old')]);

  it('is brought under the current one without being opened for anything else', () => {
    const sealed = before.seal(Buffer.from('secret'), 'aad');
    const rewrapped = during.rewrap(sealed);
    expect(rewrapped.split('.')[1]).toBe(during.rootKeyId);
    // Its data key is the same, and so is what lies under it.
    expect(rewrapped.split('.')[3]).toBe(sealed.split('.')[3]);
    const after = new Envelope(rootKey('new'));
    expect(Buffer.from(after.open(rewrapped, 'aad')).toString()).toBe('secret');
    expect(() => after.open(rewrapped, 'other')).toThrow(CannotOpen);
    expect(() => after.open(sealed, 'aad')).toThrow('no such key');
    expect(() => after.rewrap(sealed)).toThrow('no such key');
  });

  it('is found by the id of its root key', () => {
    expect(during.olderRootKeyIds).toEqual([before.rootKeyId]);
    // Named twice, it is not its own predecessor.
    expect(new Envelope(rootKey('new'), [rootKey('new')]).olderRootKeyIds).toEqual([]);
  });
});

// The last base64 letter of a part has bits that mean nothing.
function meaning(sealed: string): string {
  return sealed
    .split('.')
    .map((part, index) => (index < 2 ? part : Buffer.from(part, 'base64url').toString('hex')))
    .join('.');
}
