import { createHash, randomBytes, randomUUID } from 'node:crypto';

import { ChecksumMismatch, objectKey, type ObjectStore } from '@muster/objects';

const scope = { account: '123456789012', region: 'us-east-1' };

/** What every object store must do. Call it in a `describe`. */
export function objectStoreSuite(store: () => ObjectStore): void {
  const newKey = (kind = 'suite') => objectKey(scope, kind, randomUUID());

  it('gives back what was put, with its size and checksum', async () => {
    const key = newKey();
    const content = randomBytes(1_000);
    const put = await store().put(key, content);
    expect(put).toMatchObject({ key, size: 1_000, sha256: sha256(content) });
    expect(await store().head(key)).toMatchObject({ key, size: 1_000, sha256: sha256(content) });
    expect(await bytesOf(store(), key)).toEqual(content);
  });

  it('takes streams that are longer than any message of the bus', async () => {
    const key = newKey();
    const part = randomBytes(100_000);
    const whole = Buffer.concat(Array.from({ length: 90 }, () => part));
    await store().put(key, repeated(part, 90), { sha256: sha256(whole) });
    expect(sha256(await bytesOf(store(), key))).toBe(sha256(whole));
  });

  it('keeps nothing of what is not what it should be', async () => {
    const key = newKey();
    await expect(store().put(key, randomBytes(300_000), { sha256: sha256(randomBytes(1)) })).rejects.toThrow(
      ChecksumMismatch,
    );
    expect(await store().head(key)).toBeUndefined();
    expect(await store().get(key)).toBeUndefined();
  });

  it('keeps nothing of a stream that breaks off, and what was there before stays', async () => {
    const key = newKey();
    await store().put(key, Buffer.from('before'));
    const broken = async function* () {
      yield randomBytes(200_000);
      throw new Error('the source is gone');
    };
    await expect(store().put(key, broken())).rejects.toThrow('the source is gone');
    expect((await bytesOf(store(), key)).toString()).toBe('before');
  });

  it('replaces what had the key', async () => {
    const key = newKey();
    await store().put(key, Buffer.from('old'));
    await store().put(key, Buffer.from('new'));
    expect((await bytesOf(store(), key)).toString()).toBe('new');
  });

  it('gives a part', async () => {
    const key = newKey();
    const content = randomBytes(400_000);
    await store().put(key, content);
    const part = await bytesOf(store(), key, { start: 131_000, end: 263_000 });
    expect(part.equals(content.subarray(131_000, 263_000))).toBe(true);
    expect((await bytesOf(store(), key, { start: 399_990 })).equals(content.subarray(399_990))).toBe(true);
  });

  it('knows the empty object', async () => {
    const key = newKey();
    await store().put(key, new Uint8Array());
    expect(await store().head(key)).toMatchObject({ size: 0 });
    expect(await bytesOf(store(), key)).toHaveLength(0);
  });

  it('knows nothing of what is not there, or was deleted', async () => {
    const key = newKey();
    expect(await store().get(key)).toBeUndefined();
    await store().put(key, Buffer.from('x'));
    await store().delete(key);
    await store().delete(key);
    expect(await store().head(key)).toBeUndefined();
    expect(await store().get(key)).toBeUndefined();
  });

  it('lists by prefix, in pages', async () => {
    const kind = `listed-${randomUUID()}`;
    const keys = ['a', 'b', 'c', 'd'].map((name) => objectKey(scope, kind, name));
    for (const key of [...keys].reverse()) await store().put(key, Buffer.from(key));
    await store().put(newKey(`${kind}x`), Buffer.from('another kind'));
    await store().delete(keys[1]!);
    const prefix = `${objectKey(scope, kind)}/`;
    const first = await store().list(prefix, { limit: 2 });
    expect(first).toMatchObject({ more: true, objects: [{ key: keys[0] }, { key: keys[2] }] });
    const second = await store().list(prefix, { limit: 2, after: keys[2]! });
    expect(second).toMatchObject({ more: false, objects: [{ key: keys[3] }] });
  });
}

async function bytesOf(store: ObjectStore, key: string, range?: { start: number; end?: number }): Promise<Buffer> {
  const found = await store.get(key, range);
  if (!found) throw new Error(`${key} is not there`);
  const parts = [];
  for await (const part of found.content) parts.push(part);
  return Buffer.concat(parts);
}

async function* repeated(part: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < times; n++) yield part;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
