import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

import { fromTypedJson, toTypedJson } from './typed-json.js';
import type { Retry } from './unit-of-work.js';

/**
 * An answer may hold what is shown once (an activation code, a credential), and is kept for repeating it. It is encrypted
 * with a key that nobody here keeps: it comes from the call's own invocation id, of which the table has a hash only. Who
 * repeats the call brings the key along.
 */
export function sealAnswer(call: Retry, answer: object): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(call), iv);
  const sealed = Buffer.concat([cipher.update(toTypedJson(answer), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** @throws when the row was changed, or belongs to another call */
export function openAnswer(call: Retry, sealed: Uint8Array): object {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(call), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  return fromTypedJson(text) as object;
}

/** What the table knows an invocation by. */
export function invocationHash(call: Retry): string {
  return createHash('sha256').update(`muster-invocation\n${call.invocationId}`).digest('base64url');
}

function keyOf(call: Retry): Buffer {
  const info = `muster-answer\n${call.principal}\n${call.operation}\n${call.bodyHash}`;
  return Buffer.from(hkdfSync('sha256', call.invocationId, '', info, 32));
}
