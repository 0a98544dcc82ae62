import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { create, toBinary } from '@bufbuild/protobuf';
import { type OutputChunk, OutputChunk_Stream, OutputChunkSchema } from '@muster/contracts';

import { BackOff } from './back-off.js';
import type { StreamName } from './run-folder.js';
import { headBytes, readPiece } from './stream-file.js';
import type { Uplink } from './uplink.js';

const chunkBytes = 64 * 1024;
const window = 4;
/** A script that ends sooner, with little to say, says it in its final report alone. */
const lingerMs = 1_000;
const pollMs = 250;

/** Which stream of which run. */
export interface PumpSource {
  readonly invocationId: string;
  readonly commandId: string;
  readonly nodeId: string;
  readonly stepName: string;
  readonly stream: StreamName;
  /** The run's folder: the files in it are the spool. */
  readonly folder: string;
  readonly quotaBytes: number;
}

/**
 * Sends what a script writes while it writes, in order, in pieces of at most 64 KB. Where it got to lies beside the file, so that another agent goes
 * on from there; a piece may be sent twice, none is left out. Output that fits into the final report's head may not be sent at all.
 */
export class OutputPump {
  /** When all was taken over, given up because it cannot be read any more, or the pump was stopped. */
  readonly done: Promise<void>;
  private final: number | undefined;
  private acknowledged: number;
  private stopped = false;
  private wake = () => undefined as void;

  constructor(
    private readonly source: PumpSource,
    private readonly uplink: Uplink,
  ) {
    this.acknowledged = readMark(this.markPath);
    this.done = this.pump();
  }

  /** The stream has ended and is so long. */
  finish(length: number): void {
    this.final = length;
    this.wake();
  }

  /** Stops sending; another agent goes on. */
  stop(): void {
    this.stopped = true;
    this.wake();
  }

  private get markPath(): string {
    return join(this.source.folder, `${this.source.stream}.sent`);
  }

  private async pump(): Promise<void> {
    if (this.acknowledged === 0) await this.rest(lingerMs);
    const backOff = new BackOff(500, 30_000);
    while (!this.stopped && !this.isOver()) {
      const from = this.acknowledged;
      const bytes = await this.read(from);
      if (bytes.length === 0) {
        // It ended, yet what it wrote is not there: somebody removed it.
        if (this.final !== undefined) return;
        await this.rest(pollMs);
      } else if (await this.sendAll(from, bytes)) {
        backOff.reset();
      } else {
        await this.rest(backOff.nextMs());
      }
    }
  }

  private isOver(): boolean {
    if (this.final === undefined) return false;
    const fitsIntoHead = this.acknowledged === 0 && this.final <= headBytes[this.source.stream];
    return fitsIntoHead || this.acknowledged >= this.final;
  }

  private async read(from: number): Promise<Buffer> {
    const path = join(this.source.folder, this.source.stream);
    try {
      const end = this.final ?? Math.min(statSync(path).size, this.source.quotaBytes);
      return await readPiece(path, from, Math.min(window * chunkBytes, end - from));
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Sends a window of pieces; those acknowledged without a gap count. False when not all were. */
  private async sendAll(from: number, bytes: Buffer): Promise<boolean> {
    const sent = await Promise.allSettled(pieces(bytes).map((piece, i) => this.send(from + i * chunkBytes, piece)));
    const failed = sent.findIndex(({ status }) => status === 'rejected');
    this.acknowledged = from + (failed < 0 ? bytes.length : failed * chunkBytes);
    writeMark(this.markPath, this.acknowledged);
    return failed < 0;
  }

  private send(offset: number, data: Uint8Array): Promise<void> {
    const { invocationId, commandId, nodeId, stepName, stream } = this.source;
    const chunk: OutputChunk = create(OutputChunkSchema, {
      invocationId,
      commandId,
      nodeId,
      step: stepName,
      stream: stream === 'stdout' ? OutputChunk_Stream.STDOUT : OutputChunk_Stream.STDERR,
      offset: BigInt(offset),
      data,
    });
    // The length is part of the id: a longer piece from the same offset is another one.
    const id = `${invocationId}/${stepName}/${stream}/${offset}+${data.length}`;
    return this.uplink.output(toBinary(OutputChunkSchema, chunk), id);
  }

  private rest(ms: number): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function pieces(bytes: Buffer): readonly Buffer[] {
  const all: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) all.push(bytes.subarray(at, at + chunkBytes));
  return all;
}

function readMark(path: string): number {
  try {
    return Number(readFileSync(path, 'latin1')) || 0;
  } catch {
    return 0;
  }
}

// Not synced: a mark that is too low, or lost, costs pieces sent twice.
function writeMark(path: string, offset: number): void {
  try {
    writeFileSync(path, String(offset), { mode: 0o600 });
  } catch {
    // A full disk: the same.
  }
}
