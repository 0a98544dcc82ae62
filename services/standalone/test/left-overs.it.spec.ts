import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { ChildRecord, StopPlan } from '../src/process/child-record.js';
import { endLeftOvers, runs } from '../src/process/left-overs.js';
import { identify, isRunning } from '../src/process/process-identity.js';
import { until } from './until.js';

const program = fileURLToPath(new URL('./small-program.mjs', import.meta.url));
const stop: StopPlan = { rank: 1, signal: 'SIGTERM', graceMs: 1_000 };

describe('what a killed supervisor left', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-left-'));
  const started: ChildProcess[] = [];
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  async function aProcess(file: string, cwd = '/'): Promise<ChildRecord> {
    const story = path.join(folder, file);
    const child = spawn(process.execPath, [program, story], { detached: true, stdio: 'ignore', cwd });
    started.push(child);
    await until(
      `${file} runs`,
      () => existsSync(story) && readFileSync(story, 'utf8').includes(`start ${child.pid}\n`),
    );
    return { name: file, identity: identify(child.pid!)!, stop };
  }

  it('is ended when it is the very process of the journal, and left alone when only the number is', async () => {
    const ours = await aProcess('ours');
    const foreign = await aProcess('foreign');
    const stale = { ...foreign, identity: { ...foreign.identity, startTime: '1' } };
    const said: string[] = [];
    await endLeftOvers([ours, stale], [], (line) => said.push(line));
    expect(isRunning(ours.identity)).toBe(false);
    expect(isRunning(foreign.identity)).toBe(true);
    expect(said).toEqual([`ending what the run before left: ours (${ours.identity.pid})`]);
  });

  it('is found by its command line when the journal missed it', async () => {
    const ours = await aProcess('unjournaled');
    const other = await aProcess('of-another-folder');
    const kinds = [{ name: 'agent', recognise: runs(program, path.join(folder, 'unjournaled')), stop }];
    await endLeftOvers([], kinds, () => undefined);
    expect(isRunning(ours.identity)).toBe(false);
    expect(isRunning(other.identity)).toBe(true);
  });

  it('is ended by its folder when the head of its family is gone', async () => {
    const backend = await aProcess('backend', folder);
    const head = { ...backend, identity: { ...backend.identity, pid: 2 ** 22 + 1 } };
    await endLeftOvers([{ ...head, stop: { ...stop, graceMs: 1, alsoWorkingIn: folder } }], [], () => undefined);
    expect(isRunning(backend.identity)).toBe(false);
  }, 20_000);

  it('is left to the guard of the run before while that works', async () => {
    const guard = await aProcess('guard');
    const waited = endLeftOvers([guard], [], () => undefined);
    process.kill(guard.identity.pid, 'SIGTERM');
    await waited;
    expect(readFileSync(path.join(folder, 'guard'), 'utf8').match(/stop/g)).toHaveLength(1);
    expect(isRunning(guard.identity)).toBe(false);
  });
});
