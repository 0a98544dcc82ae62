import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { identify, isRunning } from '../src/process/process-identity.js';
import type { ChildRecord } from '../src/process/child-record.js';
import { GuardLink } from '../src/process/guard-link.js';
import { until } from './until.js';

const program = fileURLToPath(new URL('./small-program.mjs', import.meta.url));
// The guard runs compiled, as it does for users; Jest's set-up builds before it tests.
const guard = fileURLToPath(new URL('../dist/process/guard.js', import.meta.url));

describe('the guard', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-guard-'));
  const story = path.join(folder, 'story');
  const log = openSync(path.join(folder, 'guard.log'), 'a');
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  async function aChild(name: string, rank: number, ...how: string[]): Promise<ChildRecord> {
    const child = spawn(process.execPath, [program, story, ...how], { detached: true, stdio: 'ignore' });
    started.push(child);
    await until(
      `${name} runs`,
      () => existsSync(story) && readFileSync(story, 'utf8').includes(`start ${child.pid}\n`),
    );
    return { name, identity: identify(child.pid!)!, stop: { rank, signal: 'SIGTERM', graceMs: 500 } };
  }

  it('ends the children rank by rank when the pipe closes, kills those that do not listen, and ends itself', async () => {
    const link = new GuardLink(log, () => undefined, guard);
    link.start();
    const database = await aChild('database', 4);
    const services = await aChild('services', 2, 'ignore', 'child');
    const agent = await aChild('agent', 1);
    const bystander = await aChild('bystander', 1);
    const grandchild = Number(/child (\d+)/.exec(readFileSync(story, 'utf8'))![1]);
    link.tell([database, services, agent]);
    const own = identify(link.pid!)!;
    process.kill(link.pid!, 'SIGTERM'); // does not impress it

    // What a kill -9 of the supervisor does to the pipe, and nothing else.
    (link as unknown as { ending: boolean }).ending = true;
    (link as unknown as { process: ChildProcess }).process.stdin!.destroy();

    await until('the guard ends', () => !isRunning(own));
    const stops = readFileSync(story, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('stop'));
    expect(stops).toEqual([`stop ${agent.identity.pid}`, `stop ${database.identity.pid}`]);
    expect([database, services, agent].filter(({ identity }) => isRunning(identity))).toEqual([]);
    expect(identify(grandchild)).toBeUndefined();
    expect(isRunning(bystander.identity)).toBe(true);
  });

  it('goes home without touching anybody when the supervisor says so', async () => {
    const link = new GuardLink(log, () => undefined, guard);
    link.start();
    const child = await aChild('child', 1);
    link.tell([child]);
    const own = identify(link.pid!)!;
    await link.release();
    expect(isRunning(own)).toBe(false);
    expect(isRunning(child.identity)).toBe(true);
  });

  it('is replaced when it is killed, and the new one knows the children', async () => {
    const guards: ChildRecord[] = [];
    const link = new GuardLink(log, (record) => guards.push(record), guard);
    link.start();
    const child = await aChild('child', 1);
    link.tell([child]);
    process.kill(link.pid!, 'SIGKILL');
    await until('another guard', () => guards.length === 2);

    const exit = once((link as unknown as { process: ChildProcess }).process, 'exit');
    (link as unknown as { ending: boolean }).ending = true;
    (link as unknown as { process: ChildProcess }).process.stdin!.end();
    await exit;
    expect(isRunning(child.identity)).toBe(false);
  });
});
