import { gunzipSync } from 'node:zlib';

/** One file out of a .tar.gz, by the end of its path. Throws when it is not in there. */
export function extractFile(archive: Uint8Array, name: string): Uint8Array {
  const tar = gunzipSync(archive);
  for (let at = 0; at + 512 <= tar.length;) {
    const path = text(tar, at, 100);
    if (path === '') break;
    const size = parseInt(text(tar, at + 124, 12), 8);
    const isFile = ['0', ''].includes(text(tar, at + 156, 1));
    if (isFile && (path === name || path.endsWith(`/${name}`))) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the archive holds no ${name}`);
}

function text(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('latin1');
}
