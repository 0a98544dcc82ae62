import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { decrypt, encrypt, type RootKey } from './envelope.js';

/** A root key in a file: 32 bytes as base64. Whoever reads the file reads everything, so only its owner may. */
export class LocalRootKey implements RootKey {
  readonly id: string;

  private constructor(private readonly key: Uint8Array) {
    this.id = createHash('sha256').update('muster root key id\0').update(key).digest('hex').slice(0, 12);
  }

  /** Throws with the file's name when it holds no root key. */
  static open(file: string): LocalRootKey {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (key.length !== 32) throw new Error(`${file} is not a root key: it must hold 32 bytes as base64`);
    return new LocalRootKey(key);
  }

  /** The content of a new root key file. Write it with mode 0600. */
  static generate(): string {
    return `${randomBytes(32).toString('base64')}\n`;
  }

  wrap(dataKey: Uint8Array): Uint8Array {
    return encrypt(this.key, dataKey, this.id);
  }

  unwrap(wrapped: Uint8Array): Uint8Array {
    return decrypt(this.key, wrapped, this.id);
  }
}
