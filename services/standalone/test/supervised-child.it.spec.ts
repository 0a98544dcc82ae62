import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ChildRecord } from '../src/process/child-record.js';
import { LogFile } from '../src/process/log-file.js';
import { identify, isRunning } from '../src/process/process-identity.js';
import { stopChild } from '../src/process/stop-child.js';
import { ChildFailed, type ChildPlan, SupervisedChild } from '../src/process/supervised-child.js';
import { until } from './until.js';

const program = fileURLToPath(new URL('./small-program.mjs', import.meta.url));

describe('a supervised child', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-child-'));
  const story = path.join(folder, 'story');
  afterAll(() => rmSync(folder, { recursive: true }));

  function aSupervised(plan: Partial<ChildPlan>) {
    const seen = {
      started: [] as ChildRecord[],
      ended: [] as ChildRecord[],
      back: [] as string[],
      said: [] as string[],
    };
    const log = new LogFile(path.join(folder, 'child.log'));
    const child = new SupervisedChild(
      {
        name: 'child',
        stop: { rank: 1, signal: 'SIGTERM', graceMs: 2_000 },
        launch: () => ({ command: process.execPath, args: [program, story], env: {} }),
        ready: async (started) => {
          await until(
            'it started',
            () => existsSync(story) && readFileSync(story, 'utf8').includes(`start ${started.pid}\n`),
          );
        },
        ...plan,
      },
      log,
      {
        started: (record) => seen.started.push(record),
        ended: (record) => seen.ended.push(record),
        back: (name) => seen.back.push(name),
        say: (line) => seen.said.push(line),
      },
    );
    return { child, seen };
  }

  it('is started again when it is killed, in a group of its own, and no more once it is let go', async () => {
    const { child, seen } = aSupervised({});
    await child.start();
    const first = child.current!;
    process.kill(first.identity.pid, 'SIGKILL');
    await until('it is back', () => seen.back.length === 1);
    const second = child.current!;
    expect(second.identity.pid).not.toBe(first.identity.pid);
    expect(seen.said).toEqual(['child ended (SIGKILL); starting it again in 100 ms']);
    expect(seen.ended).toEqual([first]);

    const released = child.release();
    expect(await stopChild(second)).toBe('ended');
    await released;
    expect(seen.started).toEqual([first, second]);
    expect(isRunning(second.identity)).toBe(false);
    expect(child.current).toBeUndefined();
  });

  it('tells why when it ends before it is ready', async () => {
    const { child } = aSupervised({
      launch: () => ({
        command: process.execPath,
        args: ['-e', 'console.error("no such key"); process.exit(3)'],
        env: {},
      }),
      ready: (_started, gone) =>
        new Promise((_resolve, reject) => gone.addEventListener('abort', () => reject(gone.reason))),
    });
    const failure = await child.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ChildFailed);
    expect(String(failure)).toMatch(/ended before it was ready \(exit code 3\)[^]*no such key/);
  });

  it('tells when its program is not there', async () => {
    const { child } = aSupervised({
      launch: () => ({ command: path.join(folder, 'nothing'), args: [], env: {} }),
      ready: () => new Promise(() => undefined),
    });
    await expect(child.start()).rejects.toThrow('ENOENT');
  });

  it('is ended and tried again when a later start does not come up', async () => {
    let starts = 0;
    const { child, seen } = aSupervised({
      ready: async () => {
        if ((starts += 1) === 2) throw new Error('did not answer');
      },
    });
    await child.start();
    process.kill(child.current!.identity.pid, 'SIGKILL');
    await until('it is back', () => seen.back.length === 1);
    expect(starts).toBe(3);
    expect(seen.said).toContain('did not answer');
    const last = child.current!;
    const released = child.release();
    await stopChild(last);
    await released;
    expect(seen.started.map(({ identity }) => identify(identity.pid))).toEqual([undefined, undefined, undefined]);
  });
});
