/** The hash functions that signatures rest on; arguments, so that this library runs where there is no node:crypto. */
export interface Hash {
  sha256(data: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}
