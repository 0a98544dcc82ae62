/** What an access key consists of. The secret leaves the house once, in the answer that makes it. */
export interface NewAccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

type Random = (bytes: number) => Uint8Array;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Makes an access key in AWS's form: `AKIA` (long-term) or `ASIA` (temporary) and 16 letters, 40 characters of secret. */
export function newAccessKey(random: Random, kind: 'AKIA' | 'ASIA' = 'AKIA'): NewAccessKey {
  return {
    accessKeyId: `${kind}${base32(random(16))}`,
    secretAccessKey: Buffer.from(random(30)).toString('base64'),
  };
}

/** Makes a session token that nobody guesses: it says nothing by itself. */
export function newSessionToken(random: Random): string {
  return Buffer.from(random(96)).toString('base64');
}

/** Makes the id of an account: twelve digits, of which the first is none. */
export function newAccountId(random: Random): string {
  const number = Buffer.from(random(8)).readBigUInt64BE() % 900_000_000_000n;
  return String(100_000_000_000n + number);
}

const PREFIXES = { User: 'AIDA', Role: 'AROA', Group: 'AGPA', Policy: 'ANPA' };

/** Makes the unchanging id of a thing: four letters that say what it is, and 17 more. */
export function newUniqueId(random: Random, kind: keyof typeof PREFIXES): string {
  return `${PREFIXES[kind]}${base32(random(17))}`;
}

/** One letter a byte: 32 divides 256, so every letter is equally likely. */
function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => BASE32[byte % 32]).join('');
}
