import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { BrokenState } from './broken-state.js';
import { lockHolder, takeLock } from './instance-lock.js';
import { identify } from './process-identity.js';
import { openStateFolder, type StateFolder } from './state-folder.js';

let folder: StateFolder;

beforeEach(() => {
  folder = openStateFolder(mkdtempSync(join(tmpdir(), 'muster-lock-')));
});

afterEach(() => rmSync(folder.root, { recursive: true }));

describe('the lock of a state folder', () => {
  it('is held once, and free again after its release', () => {
    const lock = takeLock(folder);
    expect(lockHolder(folder)?.pid).toBe(process.pid);
    expect(() => takeLock(folder)).toThrow(BrokenState);
    lock.release();
    expect(lockHolder(folder)).toBeUndefined();
    takeLock(folder).release();
    expect(readdirSync(folder.root)).toEqual(['work']);
  });

  it.each<[string, object | string]>([
    ['a process that is gone', { ...identify(process.pid), pid: 2 ** 22 - 1 }],
    ['an earlier process with a number that lives', { ...identify(process.pid), startTime: '1' }],
    ['a process before the last boot', { ...identify(process.pid), bootId: 'another' }],
    ['nobody knows whom', 'rubbish'],
  ])('of %s is taken over', (_, holder) => {
    writeFileSync(folder.lock, typeof holder === 'string' ? holder : JSON.stringify(holder));
    takeLock(folder);
    expect(lockHolder(folder)?.pid).toBe(process.pid);
  });
});
