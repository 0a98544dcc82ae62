/** The key that all data keys are wrapped with. */
export interface RootKey {
  /** Stands in what was sealed, so that a rotated key is found again. */
  readonly id: string;
  wrap(dataKey: Uint8Array): Uint8Array;
  /** Throws when it did not wrap this. */
  unwrap(wrapped: Uint8Array): Uint8Array;
}

/** Where a root key comes from. What must hold for each of them: `rootKeyProviderSuite` in libs/testing. */
export interface RootKeyProvider {
  /** For messages: where an operator finds it. No secret. */
  readonly place: string;
  /** Throws, with the place and without the key, when there is none or it is unfit. */
  open(): Promise<RootKey>;
}
