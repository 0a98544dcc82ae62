import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { identify, isRunning, parseStat } from './process-identity.js';

describe('a process identity', () => {
  it('is read past a name that holds spaces and brackets', () => {
    const stat = '42 (a) b (c)) S 7 40 39 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200';
    expect(parseStat(stat)).toEqual({ state: 'S', parent: 7, group: 40, startTime: '987654' });
  });

  it('holds for the process that it was read from, until that one ends', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const identity = identify(child.pid!)!;
    expect(isRunning(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(identity)).toBe(false);
  });

  it('does not hold for another process with the same number', () => {
    const own = identify(process.pid)!;
    expect(isRunning({ ...own, startTime: `${own.startTime}1` })).toBe(false);
    expect(isRunning({ ...own, bootId: 'another boot' })).toBe(false);
  });

  it('is undefined for a number that nobody has', () => {
    expect(identify(2 ** 22 + 1)).toBeUndefined();
  });
});
