import { BrokenState } from '../state/broken-state.js';
import { JournalFile } from './journal-file.js';
import type { JournalRecord } from './journal-record.js';
import { Ledger } from './ledger.js';
import type { Room } from './room.js';

/** The disk is full: the record was not written. */
export class NoSpace extends Error {
  override readonly name = 'NoSpace';
}

interface Waiting {
  readonly record: JournalRecord;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const roomAgainMs = 5_000;
const largestBatch = 256;
const smallestCompaction = 512 * 1024;

/** The ledger and its file: what `write` returned for is on disk and in the ledger, in this order. Writers share syncs (group commit). */
export class Journal {
  private readonly waiting: Waiting[] = [];
  private compactAbove = smallestCompaction;
  private working: Promise<void> | undefined;
  private dead: unknown;

  private constructor(
    private readonly file: JournalFile,
    readonly ledger: Ledger,
    private readonly room: Room,
    private readonly now: () => number,
  ) {}

  /** @throws BrokenState when it can't be read as a whole */
  static async open(path: string, room: Room, now: () => number = Date.now): Promise<Journal> {
    const { file, records } = await JournalFile.open(path);
    const ledger = new Ledger();
    try {
      for (const record of records) ledger.apply(record);
    } catch (cause) {
      throw new BrokenState(`The journal ${path} contradicts itself: ${(cause as Error).message}`, { cause });
    }
    return new Journal(file, ledger, room, now);
  }

  /**
   * Resolves when the record is synced.
   * @throws NoSpace @throws the disk's error, after which nothing is accepted any more
   */
  write(record: JournalRecord): Promise<void> {
    if (this.dead) return Promise.reject(this.dead);
    return new Promise((done, failed) => {
      this.waiting.push({ record, done, failed });
      this.working ??= this.work().finally(() => (this.working = undefined));
    });
  }

  /** The same for what must not be lost because the disk is full now: it is tried until there is room. */
  async writeWhenPossible(record: JournalRecord): Promise<void> {
    for (;;) {
      try {
        return await this.write(record);
      } catch (error) {
        if (!(error instanceof NoSpace)) throw error;
        await new Promise((resolve) => setTimeout(resolve, roomAgainMs).unref());
      }
    }
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.working;
    this.dead ??= new Error('The journal is closed.');
    await this.file.close();
  }

  private async work(): Promise<void> {
    // A turn of the event loop, so that what happens at once shares a sync.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) {
      await this.commit(this.waiting.splice(0, largestBatch));
      await this.compactWhenDue();
    }
  }

  private async commit(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.file.append(batch.map(({ record }) => record));
    } catch (error) {
      return this.failed(batch, error);
    }
    for (const [index, { record, done }] of batch.entries()) {
      try {
        this.ledger.apply(record);
      } catch (error) {
        return this.giveUp(batch.slice(index), error);
      }
      done();
    }
  }

  private async failed(batch: readonly Waiting[], error: unknown): Promise<void> {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return this.giveUp(batch, error);
    const noSpace = new NoSpace('The disk of the state folder is full.', { cause: error });
    const results = batch.filter(({ record }) => record.kind !== 'accepted');
    for (const { record, failed } of batch) if (record.kind === 'accepted') failed(noSpace);
    // Room was set aside for results when their invocations were accepted.
    if (results.length === 0) return;
    if (results.length < batch.length || this.room.release()) return this.commit(results);
    for (const { failed } of results) failed(noSpace);
  }

  private giveUp(batch: readonly Waiting[], error: unknown): void {
    this.dead = error;
    for (const { failed } of [...batch, ...this.waiting.splice(0)]) failed(error);
  }

  private async compactWhenDue(): Promise<void> {
    if (this.dead || this.file.size < this.compactAbove) return;
    this.ledger.forget(this.now());
    try {
      // When it could not be written: a longer journal is as true as a short one, and the next attempt comes when it has grown.
      await this.file.rewrite(this.ledger.snapshot(this.now()));
    } catch (error) {
      return this.giveUp([], error);
    }
    this.compactAbove = Math.max(smallestCompaction, 4 * this.file.size);
  }
}
