import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Keeps the key that all data keys are wrapped with. */
export interface RootKey {
  /** Stands in what was sealed, so that a rotated key is found again. */
  readonly id: string;
  wrap(dataKey: Uint8Array): Uint8Array;
  /** Throws when it did not wrap this. */
  unwrap(wrapped: Uint8Array): Uint8Array;
}

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

  /** @param aad what the text belongs to, such as `access-key/AKIA…`: it opens with the same only */
  seal(plaintext: Uint8Array, aad: string): string {
    const dataKey = randomBytes(32);
    const parts = [this.current.wrap(dataKey), encrypt(dataKey, plaintext, aad)];
    return ['v1', this.current.id, ...parts.map((part) => Buffer.from(part).toString('base64url'))].join('.');
  }

  /** Throws `CannotOpen`. */
  open(sealed: string, aad: string): Uint8Array {
    const [version, id, wrapped, text, ...rest] = sealed.split('.');
    const root = [this.current, ...this.older].find((key) => key.id === id);
    if (version !== 'v1' || !root || !wrapped || !text || rest.length > 0)
      throw new CannotOpen('cannot open: no such key');
    try {
      return decrypt(root.unwrap(Buffer.from(wrapped, 'base64url')), Buffer.from(text, 'base64url'), aad);
    } catch (cause) {
      throw new CannotOpen('cannot open: altered, or sealed for something else', { cause });
    }
  }
}

/** AES-256-GCM: nonce (12), ciphertext, tag (16). */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, aad: string): Uint8Array {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opposite of `encrypt`; throws when anything is different. */
export function decrypt(key: Uint8Array, sealed: Uint8Array, aad: string): Uint8Array {
  if (sealed.length < 28) throw new Error('too short');
  // A full tag is demanded: GCM would also accept a truncated one.
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
}
