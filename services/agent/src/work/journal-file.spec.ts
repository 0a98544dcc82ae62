import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { BrokenState } from '../state/broken-state.js';
import { encodeLine, JournalFile, readJournal } from './journal-file.js';
import type { JournalRecord } from './journal-record.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-journal-'));
  path = join(folder, 'journal');
});

afterEach(() => rmSync(folder, { recursive: true }));

const cancelled = (id: string): JournalRecord => ({ kind: 'cancelled', id });
const opened: JournalRecord = { kind: 'journal', version: 1 };
const batches = fc.array(fc.array(fc.string().map(cancelled), { minLength: 1, maxLength: 4 }), { maxLength: 6 });

async function write(...all: (readonly JournalRecord[])[]): Promise<void> {
  const { file } = await JournalFile.open(path);
  for (const batch of all) await file.append(batch);
  await file.close();
}

describe('a journal', () => {
  it('gives back what was written, in order', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        rmSync(path, { force: true });
        await write(...all);
        expect(await readJournal(path)).toEqual([opened, ...all.flat()]);
      }),
      { numRuns: 30 },
    );
  });

  it('cut anywhere, holds exactly the batches that were whole, and can be written on', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), async (all, at) => {
        rmSync(path, { force: true });
        await write(...all);
        const lines = [[opened], ...all].map(encodeLine);
        const cut = at % (Buffer.concat(lines).length + 1);
        truncateSync(path, cut);
        const wholeLines = lines.filter((_, i) => Buffer.concat(lines.slice(0, i + 1)).length <= cut).length;
        const whole = [[opened], ...all].slice(0, wholeLines).flat();
        await write([cancelled('after')]);
        expect(await readJournal(path)).toEqual([...(wholeLines === 0 ? [opened] : whole), cancelled('after')]);
      }),
      { numRuns: 60 },
    );
  });

  it('with rubbish at its end, as a power cut leaves it, goes on without it', async () => {
    await write([cancelled('a')]);
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(100), Buffer.from('\nhalf a li')]));
    await write([cancelled('b')]);
    expect(await readJournal(path)).toEqual([opened, cancelled('a'), cancelled('b')]);
  });

  it('that is damaged in front of what is sound is refused', async () => {
    await write([cancelled('a')], [cancelled('b')]);
    const content = readFileSync(path);
    for (let at = 0; at < content.lastIndexOf('\n', content.length - 2); at++) {
      const damaged = Buffer.from(content);
      damaged[at]! ^= 1;
      writeFileSync(path, damaged);
      await expect(JournalFile.open(path)).rejects.toThrow(BrokenState);
    }
  });

  it('of a newer agent is refused', async () => {
    writeFileSync(path, encodeLine([{ kind: 'journal', version: 2 } as unknown as JournalRecord]));
    await expect(JournalFile.open(path)).rejects.toThrow('written by a newer agent');
  });

  it('is rewritten as a whole, and written on behind that', async () => {
    await write([cancelled('a')], [cancelled('b')]);
    const { file } = await JournalFile.open(path);
    expect(await file.rewrite([cancelled('b')])).toBe(true);
    await file.append([cancelled('c')]);
    await file.close();
    expect(await readJournal(path)).toEqual([opened, cancelled('b'), cancelled('c')]);
  });

  it('is as it was when a rewrite died before its end', async () => {
    await write([cancelled('a')]);
    writeFileSync(`${path}.new`, 'half');
    await write([cancelled('b')]);
    expect(await readJournal(path)).toEqual([opened, cancelled('a'), cancelled('b')]);
  });
});
