import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const testRun = fileURLToPath(new URL('../run/test-run.mjs', import.meta.url));

/** A process that begins a run, starts something for it, and waits to be told that the run is over. */
const script = `
import { execFileSync, spawn } from 'node:child_process';
import { begin, end } from ${JSON.stringify(testRun)};
await begin();
const folder = process.env.MUSTER_TEST_RUN_FOLDER;
const wait = 'setInterval(() => undefined, 1000)';
const server = spawn(process.execPath, ['-e', wait, folder + '/a-server'], { detached: true, stdio: 'ignore' });
console.log(JSON.stringify({ folder, pid: server.pid }));
process.stdin.once('data', async () => { await end(); process.exit(0); });
`;

async function aRun(): Promise<{ over: (how: 'told' | 'killed') => Promise<void>; folder: string; pid: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  // A process that is killed resets its pipes.
  for (const pipe of [child.stdin, child.stdout]) pipe.on('error', () => undefined);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const over = async (how: 'told' | 'killed'): Promise<void> => {
    const gone = once(child, 'exit');
    if (how === 'told') child.stdin.write('\n');
    else child.kill('SIGKILL');
    await gone;
  };
  return { over, ...(JSON.parse(line) as { folder: string; pid: number }) };
}

function guardOf(folder: string): number {
  const lines = execFileSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return Number.parseInt(lines.find((line) => line.includes('guard.mjs') && line.includes(folder)) ?? '', 10);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Looks again until it is so; the test's own deadline ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

describe('a test run', () => {
  it('leaves nothing when it is over', async () => {
    const run = await aRun();
    expect(isAlive(run.pid)).toBe(true);

    await run.over('told');

    expect(isAlive(run.pid)).toBe(false);
    expect(existsSync(run.folder)).toBe(false);
  }, 20_000);

  it('leaves nothing when it is killed', async () => {
    const run = await aRun();

    await run.over('killed');
    await until(() => !isAlive(run.pid) && !existsSync(run.folder));

    expect(existsSync(run.folder)).toBe(false);
  }, 20_000);

  it('that was killed with its guard is tidied up by the next one', async () => {
    const abandoned = await aRun();
    process.kill(guardOf(abandoned.folder), 'SIGKILL');
    await abandoned.over('killed');
    expect(isAlive(abandoned.pid)).toBe(true);

    const next = await aRun();
    await until(() => !isAlive(abandoned.pid) && !existsSync(abandoned.folder));

    expect(isAlive(next.pid)).toBe(true);
    await next.over('told');
  }, 20_000);

  it('does not touch what another one started', async () => {
    const [one, other] = await Promise.all([aRun(), aRun()]);

    await one.over('told');

    expect(isAlive(other.pid)).toBe(true);
    await other.over('told');
    expect(isAlive(other.pid)).toBe(false);
  }, 20_000);
});
