import { randomBytes } from 'node:crypto';

import { CannotOpen, decrypt, encrypt } from './envelope.js';

/** One version of a key of the key ring: what wraps data keys. */
export interface KeyMaterial {
  readonly keyId: string;
  /** From 1; each rotation makes the next one. */
  readonly version: number;
  /** 32 bytes. */
  readonly material: Uint8Array;
}

/** Which key, and which version of its material, opens a sealed value. */
export interface SealedBy {
  readonly keyId: string;
  readonly version: number;
}

const NONCE_AND_TAG = 28;

/**
 * Seals a value with a data key of its own (AES-256-GCM), wrapped by the key's material:
 * `k1.<key id>.<version>.<wrapped data key>.<nonce, ciphertext, tag>`, base64url.
 * @param aad what the value belongs to, such as `arn:aws:ssm:…:parameter/a#1`: it opens with the same only
 */
export function sealValue(key: KeyMaterial, plaintext: Uint8Array, aad: string): string {
  const dataKey = randomBytes(32);
  try {
    const wrapped = encrypt(key.material, dataKey, wrappedFor(key));
    const text = encrypt(dataKey, plaintext, aad);
    return `k1.${key.keyId}.${key.version}.${base64url(wrapped)}.${base64url(text)}`;
  } finally {
    dataKey.fill(0);
  }
}

/**
 * Opens what `sealValue` sealed.
 * @param key of the id and version that `sealedBy` tells
 * @throws CannotOpen
 */
export function openValue(key: KeyMaterial, sealed: string, aad: string): Uint8Array {
  const parts = partsOf(sealed);
  if (parts?.keyId !== key.keyId || parts.version !== key.version) throw new CannotOpen('cannot open: another key');
  let dataKey: Uint8Array | undefined;
  try {
    dataKey = decrypt(key.material, Buffer.from(parts.wrapped, 'base64url'), wrappedFor(key));
    return decrypt(dataKey, Buffer.from(parts.text, 'base64url'), aad);
  } catch (cause) {
    throw new CannotOpen('cannot open: altered, or sealed for something else', { cause });
  } finally {
    dataKey?.fill(0);
  }
}

/** What a sealed value is opened with; undefined when it is none. */
export function sealedBy(sealed: string): SealedBy | undefined {
  const parts = partsOf(sealed);
  return parts && { keyId: parts.keyId, version: parts.version };
}

interface Parts extends SealedBy {
  readonly wrapped: string;
  readonly text: string;
}

const KEY_ID = /^[\w-]{1,64}$/;
const VERSION = /^[1-9]\d{0,8}$/;
/** A data key has 32 bytes: nothing else is unwrapped. */
const WRAPPED_LENGTH = Math.ceil(((32 + NONCE_AND_TAG) * 4) / 3);

/** What follows is checked by opening it: a look at each letter of a long value would cost as much as that. */
function partsOf(sealed: string): Parts | undefined {
  const [form, keyId = '', version = '', wrapped, text, ...rest] = sealed.split('.');
  if (form !== 'k1' || !KEY_ID.test(keyId) || !VERSION.test(version) || rest.length > 0) return undefined;
  if (wrapped?.length !== WRAPPED_LENGTH || !text) return undefined;
  return { keyId, version: Number(version), wrapped, text };
}

function wrappedFor(key: SealedBy): string {
  return `data-key/${key.keyId}/${key.version}`;
}

function base64url(bytes: Uint8Array): string {
  return (bytes as Buffer).toString('base64url');
}
