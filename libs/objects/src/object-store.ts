/** What is known of an object without reading it. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Of the whole content, hex. */
  readonly sha256: string;
  readonly storedAt: Date;
}

/** An object being read. Read `content` to its end, or leave the loop: both free what it holds. */
export interface ObjectContent {
  readonly object: StoredObject;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Bytes of an object: from `start` up to, not including, `end` (its end when absent). */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** The content was not what its checksum says. Nothing was stored. */
export class ChecksumMismatch extends Error {
  override readonly name = 'ChecksumMismatch';

  constructor(key: string, expected: string, actual: string) {
    super(`the content of ${key} has SHA-256 ${actual}, expected was ${expected}`);
  }
}

/** Where whole things lie that are too long for a row. Keys are `<account>/<region>/<kind>/…` (see `objectKey`). */
export abstract class ObjectStore {
  /**
   * Stores all of the content, or nothing; what had the key before is replaced.
   * @param how.sha256 hex; content with another one is refused
   * @throws ChecksumMismatch
   */
  abstract put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    how?: { readonly sha256?: string },
  ): Promise<StoredObject>;
  /** Absent: `undefined`. A read of the whole checks the content; the last step of the loop throws when it is damaged. */
  abstract get(key: string, range?: ByteRange): Promise<ObjectContent | undefined>;
  abstract head(key: string): Promise<StoredObject | undefined>;
  /** What is not there is deleted already. */
  abstract delete(key: string): Promise<void>;
  /** Objects whose key begins with `prefix`, by key, in pages. */
  abstract list(
    prefix: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<{ readonly objects: readonly StoredObject[]; readonly more: boolean }>;
}
