import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { identify } from './process-identity.js';
import { SupervisorLock, SupervisorRuns } from './supervisor-lock.js';

describe('the lock of a data folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(tmpdir(), 'muster-lock-')), 'lock');
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

  it('is held once; the second is told by whom, and what to do', () => {
    const lock = SupervisorLock.acquire(folder, '/data');
    expect(lock.tookOver).toBe(false);
    expect(() => SupervisorLock.acquire(folder, '/data')).toThrow(SupervisorRuns);
    expect(() => SupervisorLock.acquire(folder, '/data')).toThrow(/runs on \/data: .*kill/s);
    lock.release();
    SupervisorLock.acquire(folder, '/data').release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a holder that was killed', async () => {
    const held = SupervisorLock.acquire(folder, '/data');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    writeFileSync(path.join(folder, 'lock.1'), JSON.stringify(identify(child.pid!)));
    expect(() => SupervisorLock.acquire(folder, '/data')).toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const lock = SupervisorLock.acquire(folder, '/data');
    expect(lock.tookOver).toBe(true);
    expect(readdirSync(folder)).toEqual(['lock.2']);
    expect(() => SupervisorLock.acquire(folder, '/data')).toThrow(SupervisorRuns);
    held.release();
    expect(() => SupervisorLock.acquire(folder, '/data')).toThrow(SupervisorRuns);
    lock.release();
  });

  it('is taken over when its number belongs to another process by now, or its text is lost', () => {
    SupervisorLock.acquire(folder, '/data');
    writeFileSync(path.join(folder, 'lock.1'), JSON.stringify({ ...identify(process.pid)!, startTime: '1' }));
    SupervisorLock.acquire(folder, '/data');
    writeFileSync(path.join(folder, 'lock.2'), '');
    expect(SupervisorLock.acquire(folder, '/data').tookOver).toBe(true);
  });
});
