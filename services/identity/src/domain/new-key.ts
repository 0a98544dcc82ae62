/** The id of a new key: a random UUID. */
export function newKeyId(random: (bytes: number) => Uint8Array): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The id of a version of a key's material: 64 hexadecimal digits that say nothing about it. */
export function newMaterialId(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(32)).toString('hex');
}
