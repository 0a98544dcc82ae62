import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunFacts, StreamName } from './run-folder.js';
import type { StreamResult } from './step-result.js';

/** Bytes of a stream that travel in the final report. */
export const headBytes: Readonly<Record<StreamName, number>> = { stdout: 96_000, stderr: 32_000 };

/** Measures what is kept of a stream, once it has ended, and syncs it. The wrapper keeps one byte more than the quota to tell that there was more. */
export async function sealStream(
  folder: string,
  stream: StreamName,
  quota: number,
  facts: RunFacts,
): Promise<StreamResult> {
  const path = join(folder, stream);
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, quota);
    if (length > 0) await handle.datasync();
    const sha256 = createHash('sha256');
    if (length > 0) {
      for await (const piece of createReadStream(path, { end: length - 1 })) sha256.update(piece as Buffer);
    }
    return { length, sha256: sha256.digest('hex'), cut: size > quota || facts.lost.includes(stream) };
  } finally {
    await handle.close();
  }
}

/** The head of a stream, cut at a character. */
export async function readHead(
  folder: string,
  stream: StreamName,
  length: number,
  most = headBytes[stream],
): Promise<Uint8Array> {
  if (length === 0) return new Uint8Array();
  const bytes = await readPiece(join(folder, stream), 0, Math.min(length, most));
  return length > most ? wholeCharacters(bytes) : bytes;
}

/** Bytes of a file from an offset; fewer at its end. */
export async function readPiece(path: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    return await readFrom(handle, offset, length);
  } finally {
    await handle.close();
  }
}

async function readFrom(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Without the beginning of a UTF-8 character at the end. */
export function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
