import { createHash } from 'node:crypto';

import { jetstream } from '@nats-io/jetstream';
import { Objm, type ObjectInfo, type ObjectStore as Bucket, setSha256Backend } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';

import {
  type ByteRange,
  ChecksumMismatch,
  type ObjectContent,
  ObjectStore,
  type StoredObject,
} from './object-store.js';

// The client's default is JavaScript that also runs in a browser: ten times slower, on the event loop.
setSha256Backend('native');

/** The bucket of the embedded shape; declared with the other parts of the bus in libs/bus. */
const OBJECTS_BUCKET = 'objects';

/**
 * Objects in a NATS Object Store bucket, which must exist. Meant for the embedded shape: `list` reads the names of the whole
 * bucket, and a range is cut out of a read from the start.
 */
export function natsObjectStore(connection: NatsConnection, bucket: string = OBJECTS_BUCKET): ObjectStore {
  return new NatsObjectStore(connection, bucket);
}

class NatsObjectStore extends ObjectStore {
  #bucket: Promise<Bucket> | undefined;

  constructor(
    private readonly connection: NatsConnection,
    private readonly name: string,
  ) {
    super();
  }

  async put(key: string, content: Uint8Array | AsyncIterable<Uint8Array>, how: { sha256?: string } = {}) {
    const bucket = await this.bucket();
    const checked = ReadableStream.from(withChecksum(key, content, how.sha256));
    return stored(await bucket.put({ name: key }, checked));
  }

  async get(key: string, range?: ByteRange): Promise<ObjectContent | undefined> {
    const result = await (await this.bucket()).get(key);
    if (!result) return undefined;
    // Its failure also ends `data`; without this it would be an unhandled rejection when the reader leaves early.
    result.error.catch(() => undefined);
    const content = range ? cut(result.data, range) : result.data;
    return { object: stored(result.info), content };
  }

  async head(key: string) {
    const info = await (await this.bucket()).info(key);
    return info && !info.deleted ? stored(info) : undefined;
  }

  async delete(key: string) {
    await (await this.bucket()).delete(key);
  }

  async list(prefix: string, page: { after?: string; limit: number }) {
    const after = page.after ?? '';
    const found = (await (await this.bucket()).list())
      .filter((info) => info.name.startsWith(prefix) && info.name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return { objects: found.slice(0, page.limit).map(stored), more: found.length > page.limit };
  }

  private bucket(): Promise<Bucket> {
    // Unchecked: a service may not ask about the whole account; opening asks about the bucket.
    const client = jetstream(this.connection, { checkAPI: false });
    this.#bucket ??= new Objm(client).open(this.name).catch((error: unknown) => {
      this.#bucket = undefined;
      throw error;
    });
    return this.#bucket;
  }
}

/** Passes the content on and fails at its end when it is not what was announced: the store then drops what it got. */
async function* withChecksum(key: string, content: Uint8Array | AsyncIterable<Uint8Array>, expected?: string) {
  const hash = createHash('sha256');
  for await (const part of content instanceof Uint8Array ? [content] : content) {
    hash.update(part);
    // Copied: the client takes the buffer over.
    yield new Uint8Array(part);
  }
  const actual = hash.digest('hex');
  if (expected !== undefined && actual !== expected) throw new ChecksumMismatch(key, expected, actual);
}

async function* cut(content: AsyncIterable<Uint8Array>, { start, end = Infinity }: ByteRange) {
  let position = 0;
  for await (const part of content) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, part.length);
    if (from < to) yield part.subarray(from, to);
    position += part.length;
    if (position >= end) return;
  }
}

function stored(info: ObjectInfo): StoredObject {
  return {
    key: info.name,
    size: info.size,
    sha256: Buffer.from(info.digest.replace(/^SHA-256=/, ''), 'base64url').toString('hex'),
    storedAt: new Date(info.mtime),
  };
}
