import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ChildJournal } from './child-journal.js';
import type { ChildRecord } from './child-record.js';

function aChild(name: string, pid: number): ChildRecord {
  return { name, identity: { pid, startTime: '1', bootId: 'b' }, stop: { rank: 1, signal: 'SIGTERM', graceMs: 1000 } };
}

describe('the journal of children', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-journal-'));
  const file = path.join(folder, 'run', 'children.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is empty where no supervisor ever ran', () => {
    expect(new ChildJournal(file).all()).toEqual([]);
  });

  it('tells the next supervisor who is there: the last process of each name, without those forgotten', () => {
    const journal = new ChildJournal(file);
    journal.record(aChild('nats-server', 10));
    journal.record(aChild('gateway', 11));
    journal.record(aChild('nats-server', 12));
    journal.forget(aChild('gateway', 11));
    expect(new ChildJournal(file).all()).toEqual([aChild('nats-server', 12)]);
  });

  it('forgets by process, so that the end of an old one does not hide its successor', () => {
    const journal = new ChildJournal(file);
    journal.record(aChild('nats-server', 13));
    journal.forget(aChild('nats-server', 12));
    expect(new ChildJournal(file).all()).toEqual([aChild('nats-server', 13)]);
  });

  it('can be read by its owner alone', () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('takes a torn file, or one that is not its own, for empty', () => {
    writeFileSync(file, '[{"name":"nats-se');
    expect(new ChildJournal(file).all()).toEqual([]);
    writeFileSync(file, '[null, 7, {"name":"x"}]');
    expect(new ChildJournal(file).all()).toEqual([]);
  });
});
