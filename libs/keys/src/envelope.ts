import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { RootKey } from './root-key.js';

/** Thrown by `open`: a wrong key, other additional data, or altered text. Which of them is not said. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
}

/**
 * Envelope encryption: each text has a data key of its own (AES-256-GCM), wrapped with a root key.
 * Sealed: `v1.<root key id>.<wrapped data key>.<nonce, ciphertext, tag>`, base64url.
 */
export class Envelope {
  /** @param current seals; it and `older` open */
  constructor(
    private readonly current: RootKey,
    private readonly older: readonly RootKey[] = [],
  ) {}

  /** Of the root key that seals. */
  get rootKeyId(): string {
    return this.current.id;
  }

  /** Of those that only open. */
  get olderRootKeyIds(): string[] {
    return this.older.map((key) => key.id).filter((id) => id !== this.current.id);
  }

  /** @param aad what the text belongs to, such as `access-key/AKIA…`: it opens with the same only */
  seal(plaintext: Uint8Array, aad: string): string {
    const dataKey = randomBytes(32);
    try {
      return sealedText(this.current, dataKey, base64url(encrypt(dataKey, plaintext, aad)));
    } finally {
      dataKey.fill(0);
    }
  }

  /** Throws `CannotOpen`. */
  open(sealed: string, aad: string): Uint8Array {
    return this.withDataKey(sealed, (dataKey, text) => decrypt(dataKey, Buffer.from(text, 'base64url'), aad));
  }

  /**
   * The same text under the current root key: its data key is wrapped anew, what it holds is not opened.
   * Throws `CannotOpen`.
   */
  rewrap(sealed: string): string {
    return this.withDataKey(sealed, (dataKey, text) => sealedText(this.current, dataKey, text));
  }

  private withDataKey<R>(sealed: string, use: (dataKey: Uint8Array, text: string) => R): R {
    const [version, id, wrapped, text, ...rest] = sealed.split('.');
    const root = [this.current, ...this.older].find((key) => key.id === id);
    if (version !== 'v1' || !root || !wrapped || !text || rest.length > 0)
      throw new CannotOpen('cannot open: no such key');
    let dataKey: Uint8Array | undefined;
    try {
      dataKey = root.unwrap(Buffer.from(wrapped, 'base64url'));
      return use(dataKey, text);
    } catch (cause) {
      throw new CannotOpen('cannot open: altered, or sealed for something else', { cause });
    } finally {
      dataKey?.fill(0);
    }
  }
}

function sealedText(root: RootKey, dataKey: Uint8Array, text: string): string {
  return `v1.${root.id}.${base64url(root.wrap(dataKey))}.${text}`;
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/** AES-256-GCM: nonce (12), ciphertext, tag (16). */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, aad: string | Uint8Array): Uint8Array {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bytesOf(aad));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opposite of `encrypt`; throws when anything is different. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, aad: string | Uint8Array): Uint8Array {
  if (sealed.length < 28) throw new Error('too short');
  // A full tag is demanded: GCM would also accept a truncated one.
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(bytesOf(aad)).setAuthTag(sealed.subarray(-16));
  const plaintext = decipher.update(sealed.subarray(12, -16));
  // GCM gives everything with `update`; `final` only checks the tag.
  try {
    decipher.final();
  } catch (error) {
    plaintext.fill(0);
    throw error;
  }
  return plaintext;
}

function bytesOf(aad: string | Uint8Array): Uint8Array {
  return typeof aad === 'string' ? Buffer.from(aad) : aad;
}
