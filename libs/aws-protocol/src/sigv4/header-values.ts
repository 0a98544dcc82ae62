import { fromUtf8 } from '../text.js';

/** Header values by lower-case name, in the order in which they came, duplicates kept. */
export type HeaderValues = ReadonlyMap<string, readonly string[]>;

/**
 * Headers from node's `rawHeaders` (name, value, name, …), which alone still holds duplicates.
 * Node hands out the bytes as Latin-1; signers hash UTF-8.
 */
export function headersFromRaw(rawHeaders: readonly string[]): HeaderValues {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) add(headers, rawHeaders[i]!, fromLatin1(rawHeaders[i + 1]!));
  return headers;
}

/** Headers from an object such as `{ host: 'a', 'x-amz-date': 'b' }`. */
export function headersFromObject(object: Readonly<Record<string, string | readonly string[]>>): HeaderValues {
  const headers = new Map<string, string[]>();
  for (const [name, values] of Object.entries(object)) {
    for (const value of typeof values === 'string' ? [values] : values) add(headers, name, value);
  }
  return headers;
}

function add(headers: Map<string, string[]>, name: string, value: string): void {
  const lower = name.toLowerCase();
  const known = headers.get(lower);
  if (known) known.push(value);
  else headers.set(lower, [value]);
}

function fromLatin1(value: string): string {
  if (/^[\x00-\x7f]*$/.test(value)) return value;
  try {
    return fromUtf8(Uint8Array.from(value, (character) => character.charCodeAt(0)));
  } catch {
    return value; // no UTF-8: what was sent is what was signed
  }
}
