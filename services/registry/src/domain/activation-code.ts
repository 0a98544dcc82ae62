import { createHash } from 'node:crypto';

/** Makes an activation code: 20 characters, 120 bits. Nobody can guess it, so that a plain hash protects it at rest. */
export function newActivationCode(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(15)).toString('base64');
}

/** What is kept of a code. */
export function hashActivationCode(code: string): Buffer {
  return createHash('sha256').update(code, 'utf8').digest();
}
