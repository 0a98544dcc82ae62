import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

import { syncFolder } from '../state/atomic-file.js';
import { BrokenState } from '../state/broken-state.js';
import type { JournalRecord } from './journal-record.js';

/**
 * Lines on disk, each a batch of records with its checksum, each synced before the next is written. So only the last can be torn, and a torn
 * one was never acknowledged to anybody.
 */
export class JournalFile {
  private constructor(
    private readonly path: string,
    private handle: FileHandle,
    private end: number,
  ) {}

  /** Bytes that it takes now. */
  get size(): number {
    return this.end;
  }

  /** Opens or creates it; a torn tail is cut off. @throws BrokenState when anything but the tail is damaged */
  static async open(path: string): Promise<{ file: JournalFile; records: readonly JournalRecord[] }> {
    await rm(`${path}.new`, { force: true });
    const isNew = !existsSync(path);
    const { records, soundBytes } = isNew ? { records: [], soundBytes: 0 } : parse(path, await readFile(path));
    const handle = await open(path, isNew ? 'wx+' : 'r+', 0o600);
    await handle.truncate(soundBytes);
    const file = new JournalFile(path, handle, soundBytes);
    if (soundBytes === 0) {
      await file.append([{ kind: 'journal', version: 1 }]);
      syncFolder(dirname(path));
    }
    return { file, records };
  }

  /** Writes and syncs; when it fails the file is as it was before. */
  async append(records: readonly JournalRecord[]): Promise<void> {
    const line = encodeLine(records);
    try {
      await writeAll(this.handle, line, this.end);
      await this.handle.datasync();
    } catch (error) {
      // After a failed sync nobody knows what the disk has. If even this fails the caller must give up.
      await this.handle.truncate(this.end);
      await this.handle.datasync();
      throw error;
    }
    this.end += line.length;
  }

  /**
   * Puts other records in the place of all: there as a whole, or not at all. False when that could not be written.
   * @throws when it is not known what the disk has
   */
  async rewrite(records: readonly JournalRecord[]): Promise<boolean> {
    const temporary = `${this.path}.new`;
    const lines = Buffer.concat([encodeLine([{ kind: 'journal', version: 1 }]), ...inLines(records)]);
    const next = await writeNew(temporary, lines);
    if (!next) return false;
    await rename(temporary, this.path);
    const old = this.handle;
    this.handle = next;
    this.end = lines.length;
    syncFolder(dirname(this.path));
    await old.close();
    return true;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Reads what is in a journal without opening it for writing. @throws BrokenState */
export async function readJournal(path: string): Promise<readonly JournalRecord[]> {
  return existsSync(path) ? parse(path, await readFile(path)).records : [];
}

/** One batch as it lies on disk. */
export function encodeLine(records: readonly JournalRecord[]): Buffer {
  const text = JSON.stringify(records);
  return Buffer.from(`${checksum(Buffer.from(text))} ${text}\n`);
}

function parse(path: string, content: Buffer): { records: readonly JournalRecord[]; soundBytes: number } {
  const records: JournalRecord[] = [];
  let start = 0;
  while (start < content.length) {
    const end = content.indexOf(0x0a, start);
    const batch = end < 0 ? undefined : decodeLine(content.subarray(start, end));
    if (!batch) {
      if (hasSoundLine(content, end)) throw damaged(path, start);
      break;
    }
    for (const record of batch) {
      if (record.kind === 'journal' && record.version !== 1) throw newer(path);
      records.push(record);
    }
    start = end + 1;
  }
  return { records, soundBytes: start };
}

function decodeLine(line: Buffer): readonly JournalRecord[] | undefined {
  const body = line.subarray(9);
  if (line.length < 11 || line[8] !== 0x20 || line.subarray(0, 8).toString('latin1') !== checksum(body))
    return undefined;
  return JSON.parse(body.toString()) as readonly JournalRecord[];
}

function hasSoundLine(content: Buffer, from: number): boolean {
  for (let start = from + 1, end; from >= 0 && (end = content.indexOf(0x0a, start)) >= 0; start = end + 1) {
    if (decodeLine(content.subarray(start, end))) return true;
  }
  return false;
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

function inLines(records: readonly JournalRecord[]): readonly Buffer[] {
  return records.map((record) => encodeLine([record]));
}

async function writeNew(path: string, content: Buffer): Promise<FileHandle | undefined> {
  const handle = await open(path, 'w+', 0o600);
  try {
    await writeAll(handle, content, 0);
    await handle.sync();
    return handle;
  } catch {
    await handle.close();
    await rm(path, { force: true });
    return undefined;
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function damaged(path: string, at: number): BrokenState {
  return new BrokenState(
    `The journal ${path} is damaged at byte ${at}, so nobody can tell what ran on this node. Put it back from a backup, or move it away: then invocations in it are never reported, and one that is sent again may run a second time.`,
  );
}

function newer(path: string): BrokenState {
  return new BrokenState(`The journal ${path} was written by a newer agent. Run that one.`);
}
