import { createHmac, randomBytes } from 'node:crypto';

import { CannotOpen, decrypt, encrypt } from './envelope.js';
import type { KeyMaterial, SealedBy } from './sealed-value.js';

/** What a ciphertext is bound to: pairs of texts, in any order. */
export type EncryptionContext = Readonly<Record<string, string>>;

/*
 * format (1) | key id (16) | version of the material (4) | salt (16) | nonce (12), ciphertext, tag (16)
 * Each ciphertext has a key of its own, derived from the material and its salt: however many there are, no nonce is ever
 * used twice with one key. Everything before the nonce is authenticated together with the encryption context.
 */
const FORMAT = 0xa1;
const HEADER = 1 + 16 + 4;
const SALT = 16;
const OVERHEAD = HEADER + SALT + 28;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Encrypts with a key itself: what KMS calls a CiphertextBlob. It tells which key opens it, and nothing else.
 * @param key whose id is a UUID
 */
export function encryptWithKey(key: KeyMaterial, plaintext: Uint8Array, context: EncryptionContext = {}): Uint8Array {
  if (!UUID.test(key.keyId)) throw new TypeError('the id of a key is a UUID');
  const head = Buffer.alloc(HEADER + SALT);
  head.writeUInt8(FORMAT, 0);
  head.write(key.keyId.replaceAll('-', ''), 1, 'hex');
  head.writeUInt32BE(key.version, 17);
  randomBytes(SALT).copy(head, HEADER);
  return Buffer.concat([head, withKeyOf(key, head, (own) => encrypt(own, plaintext, boundTo(head, context)))]);
}

/**
 * Decrypts what `encryptWithKey` encrypted.
 * @param key of the id and version that `encryptedBy` tells
 * @throws CannotOpen for another key, another context, or anything altered: which of them is not said
 */
export function decryptWithKey(key: KeyMaterial, blob: Uint8Array, context: EncryptionContext = {}): Uint8Array {
  const by = encryptedBy(blob);
  if (by?.keyId !== key.keyId || by.version !== key.version) throw new CannotOpen('cannot decrypt: another key');
  const head = Buffer.from(blob.subarray(0, HEADER + SALT));
  try {
    return withKeyOf(key, head, (own) => decrypt(own, blob.subarray(HEADER + SALT), boundTo(head, context)));
  } catch (cause) {
    throw new CannotOpen('cannot decrypt: altered, or another context', { cause });
  }
}

/** What a ciphertext is opened with; undefined when it is none of ours. */
export function encryptedBy(blob: Uint8Array): SealedBy | undefined {
  if (blob.length < OVERHEAD || blob[0] !== FORMAT) return undefined;
  const head = Buffer.from(blob.buffer, blob.byteOffset, HEADER);
  const version = head.readUInt32BE(17);
  if (version === 0) return undefined;
  const hex = head.toString('hex', 1, 17);
  const keyId = [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-');
  return { keyId, version };
}

function withKeyOf(key: KeyMaterial, head: Uint8Array, use: (own: Uint8Array) => Uint8Array): Uint8Array {
  const own = createHmac('sha256', key.material).update('muster key ciphertext\0').update(head).digest();
  try {
    return use(own);
  } finally {
    own.fill(0);
  }
}

/** Lengths are written before texts: no two contexts are the same bytes. */
function boundTo(head: Uint8Array, context: EncryptionContext): Uint8Array {
  const pairs = Object.entries(context)
    .map((pair) => pair.map((text) => Buffer.from(text)) as [Buffer, Buffer])
    .sort(([a], [b]) => a.compare(b));
  const parts = pairs.flat().flatMap((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return [length, text];
  });
  return Buffer.concat([head, ...parts]);
}
