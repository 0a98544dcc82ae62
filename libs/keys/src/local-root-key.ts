import { createHash, randomBytes } from 'node:crypto';

import { decrypt, encrypt } from './envelope.js';
import type { RootKey } from './root-key.js';

/** A root key in this process's memory: 32 bytes. Whoever reads them reads everything. */
export class LocalRootKey implements RootKey {
  readonly id: string;
  // Private to the language: no logger and no JSON ever finds it.
  readonly #key: Uint8Array;

  private constructor(key: Uint8Array) {
    this.#key = key;
    this.id = createHash('sha256').update('muster root key id\0').update(key).digest('hex').slice(0, 12);
  }

  /**
   * Of 32 bytes as base64. Throws when it is anything else, and names the place, never the text.
   * @param place where the text was found
   */
  static parse(text: string, place: string): LocalRootKey {
    const key = Buffer.from(text.trim(), 'base64');
    if (key.length !== 32) throw new Error(`${place} is not a root key: it must hold 32 bytes as base64`);
    return new LocalRootKey(key);
  }

  /** The text of a new root key. Write it with mode 0600. */
  static generate(): string {
    return `${randomBytes(32).toString('base64')}\n`;
  }

  wrap(dataKey: Uint8Array): Uint8Array {
    return encrypt(this.#key, dataKey, this.id);
  }

  unwrap(wrapped: Uint8Array): Uint8Array {
    return decrypt(this.#key, wrapped, this.id);
  }
}
