import { mkdtempSync, rmSync, statSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Journal, NoSpace } from './journal.js';
import { JournalFile, readJournal } from './journal-file.js';
import type { JournalRecord } from './journal-record.js';
import { Room } from './room.js';

let folder: string;
let path: string;
let room: Room;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-journal-'));
  path = join(folder, 'journal');
  room = new Room(folder, () => 1e12);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const accepted = (id: string): JournalRecord => ({
  kind: 'accepted',
  id,
  invoke: 'x'.repeat(1_000),
  at: 1,
  uptimeMs: 1,
  bootId: 'b',
});
const rest = (id: string, rememberUntil = 10): readonly JournalRecord[] => [
  { kind: 'finished', id, at: 1, outcome: 1, reason: '' },
  { kind: 'settled', id, rememberUntil },
  { kind: 'drained', id },
];

/** A disk that is full as long as `full` says so. */
function fullDisk(full: () => boolean): void {
  const append = JournalFile.prototype.append;
  JournalFile.prototype.append = async function (this: JournalFile, records) {
    if (full()) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    return append.call(this, records);
  };
  restore = () => (JournalFile.prototype.append = append);
}
let restore = () => undefined as unknown;
afterEach(() => restore());

describe('the journal', () => {
  it('has on disk what it said is written, in one order for all', async () => {
    const journal = await Journal.open(path, room);
    await Promise.all(Array.from({ length: 300 }, (_, i) => journal.write(accepted(`id-${i}`))));
    expect(journal.ledger.live()).toHaveLength(300);
    await journal.close();
    expect((await readJournal(path)).slice(1)).toEqual(Array.from({ length: 300 }, (_, i) => accepted(`id-${i}`)));
  });

  it('stays small however much passes through it, and forgets no live one', async () => {
    const journal = await Journal.open(path, room, () => 5);
    await journal.write(accepted('alive'));
    for (let round = 0; round < 30; round++) {
      const ids = Array.from({ length: 100 }, (_, i) => `id-${round}-${i}`);
      await Promise.all(
        ids.flatMap((id) => [accepted(id), ...rest(id, round < 15 ? 4 : 10)].map((record) => journal.write(record))),
      );
    }
    expect(statSync(path).size).toBeLessThan(1_500_000);
    await journal.close();
    const again = await Journal.open(path, room, () => 5);
    expect(again.ledger.live().map((entry) => entry.accepted.id)).toEqual(['alive']);
    expect(again.ledger.get('id-29-0')?.phase).toBe('remembered');
    expect(again.ledger.get('id-0-0')).toBeUndefined();
    await again.close();
  });

  it('on a full disk accepts nothing, and still keeps results: for them room was reserved', async () => {
    const journal = await Journal.open(path, room);
    expect(room.refuses(0)).toBeUndefined();
    await journal.write(accepted('a'));
    fullDisk(() => existsSync(join(folder, 'reserve')));
    const both = await Promise.allSettled([journal.write(accepted('b')), journal.write(rest('a')[0]!)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(both[0]).toMatchObject({ reason: expect.any(NoSpace) });
    await journal.close();
    expect((await readJournal(path)).map(({ kind }) => kind)).toEqual(['journal', 'accepted', 'finished']);
  });

  it('writes nothing more after the disk failed in another way', async () => {
    const journal = await Journal.open(path, room);
    const append = JournalFile.prototype.append;
    JournalFile.prototype.append = () =>
      Promise.reject(Object.assign(new Error('input/output error'), { code: 'EIO' }));
    restore = () => (JournalFile.prototype.append = append);
    await expect(journal.write(accepted('a'))).rejects.toThrow('input/output error');
    restore();
    await expect(journal.write(accepted('b'))).rejects.toThrow('input/output error');
    expect((await readJournal(path)).map(({ kind }) => kind)).toEqual(['journal']);
  });
});

describe('room', () => {
  it('is refused when little is free, and says how much', () => {
    expect(new Room(folder, () => 1_000_000).refuses(0)).toMatch(/^1\.0 MB are free below .*, 8\.3 MB are needed\.$/);
  });

  it('is needed for each invocation that is open', () => {
    const some = new Room(folder, () => 20_000_000);
    expect(some.refuses(10)).toBeUndefined();
    expect(some.refuses(100)).toBeDefined();
  });
});
