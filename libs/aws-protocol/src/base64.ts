const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOf = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) valueOf[alphabet.charCodeAt(i)] = i;

/** Base64 with padding. Written here because this library also runs where there is no `Buffer`. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += alphabet[group >> 18]! + alphabet[(group >> 12) & 63]!;
    text += left > 1 ? alphabet[(group >> 6) & 63]! : '=';
    text += left > 2 ? alphabet[group & 63]! : '=';
  }
  return text;
}

/** Bytes of a base64 text, padded or not; undefined when it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bare = text.replace(/={1,2}$/, '');
  if (bare.length % 4 === 1) return undefined;

  const bytes = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let group = 0;
  let at = 0;
  for (let i = 0; i < bare.length; i++) {
    const value = valueOf[bare.charCodeAt(i)] ?? -1;
    if (value < 0) return undefined;
    group = (group << 6) | value;
    if (i % 4 === 1) bytes[at++] = (group >> 4) & 255;
    else if (i % 4 === 2) bytes[at++] = (group >> 2) & 255;
    else if (i % 4 === 3) {
      bytes[at++] = group & 255;
      group = 0;
    }
  }
  return bytes;
}

/** Base64 in the alphabet that URLs and subjects take, unpadded. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Bytes of an unpadded URL-safe base64 text; undefined when it is none. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  return fromBase64(text.replace(/-/g, '+').replace(/_/g, '/'));
}
