import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { CannotOpen, Envelope } from './envelope.js';
import { LocalRootKey } from './local-root-key.js';

const folder = mkdtempSync(join(tmpdir(), 'muster-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function rootKey(name: string): LocalRootKey {
  const file = join(folder, name);
  writeFileSync(file, LocalRootKey.generate(), { mode: 0o600, flag: 'a' });
  return LocalRootKey.open(file);
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

it('a file without 32 bytes is no root key', () => {
  const file = join(folder, 'short');
  writeFileSync(file, 'c2hvcnQ=');

  expect(() => LocalRootKey.open(file)).toThrow(`${file} is not a root key`);
});

// The last base64 letter of a part has bits that mean nothing.
function meaning(sealed: string): string {
  return sealed
    .split('.')
    .map((part, index) => (index < 2 ? part : Buffer.from(part, 'base64url').toString('hex')))
    .join('.');
}
