/** What an access key consists of. The secret leaves the house once, in the answer to CreateAccessKey. */
export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Makes a long-term access key in AWS's form: `AKIA` and 16 letters, 40 characters of secret. */
export function newAccessKey(random: (bytes: number) => Uint8Array): NewAccessKey {
  return {
    accessKeyId: `AKIA${base32(random(16))}`,
    secretAccessKey: Buffer.from(random(30)).toString('base64'),
  };
}

/** Makes the unchanging id of a user: `AIDA` and 17 letters. */
export function newUserId(random: (bytes: number) => Uint8Array): string {
  return `AIDA${base32(random(17))}`;
}

/** One letter a byte: 32 divides 256, so every letter is equally likely. */
function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => BASE32[byte % 32]).join('');
}
