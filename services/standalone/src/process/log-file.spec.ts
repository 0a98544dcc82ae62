import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { LogFile } from './log-file.js';

describe('the log of a child', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-log-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives each new line once, and a line only when it is whole', () => {
    const file = path.join(folder, 'a.log');
    appendFileSync(file, 'of the run before\n');
    const log = new LogFile(file);
    appendFileSync(file, 'one\ntw');
    expect(log.newLines()).toEqual(['one']);
    appendFileSync(file, 'o\n');
    expect(log.newLines()).toEqual(['two']);
    expect(log.newLines()).toEqual([]);
    expect(log.lastLines(2)).toEqual(['one', 'two']);
    log.close();
  });

  it('stays within its size while the child goes on appending', () => {
    const file = path.join(folder, 'b.log');
    const log = new LogFile(file, 1000);
    for (let index = 0; index < 100; index += 1) {
      appendFileSync(file, `${String(index).padStart(49, '.')}\n`);
      expect(log.newLines()).toHaveLength(1);
    }
    expect(statSync(file).size).toBeLessThanOrEqual(1000);
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(1050);
    expect(readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8')).toContain('99\n');
    log.close();
  });
});
