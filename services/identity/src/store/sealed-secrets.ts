/** Where a secret lies. */
export type KeyKind = 'access-key' | 'session';

/** What its ciphertext is bound to: moved to another row it does not open. */
export function boundTo(kind: KeyKind, accessKeyId: string): string {
  return `${kind}/${accessKeyId}`;
}
