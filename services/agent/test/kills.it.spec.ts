import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { jest } from '@jest/globals';
import { InvokeAnswer_Verdict as Verdict, StatusReport_Outcome as Outcome } from '@muster/contracts';

import { JournalFile } from '../src/work/journal-file.js';
import type { JournalRecord } from '../src/work/journal-record.js';
import { Node } from './agent-process.js';
import { ControlPlane } from './control-plane.js';
import { processesOf, wrapperOf } from './processes.js';

jest.setTimeout(90_000);

const STDOUT = 1;
const scratch = mkdtempSync(join(tmpdir(), 'muster-agent-kills-'));
let plane: ControlPlane;
let node: Node;

beforeAll(async () => {
  plane = await ControlPlane.open();
  node = await Node.register(plane);
});

beforeEach(() => node.start());

afterEach(() => node.kill());

afterAll(async () => {
  await plane?.close();
  rmSync(scratch, { recursive: true });
  rmSync(node.stateDir, { recursive: true });
});

const file = (name: string) => join(scratch, name);
const textOf = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : '');
const there = (name: string) => untilTrue(`${name} is there`, () => existsSync(file(name)));

describe('a script whose agent is killed', () => {
  it('runs on, ends, and is reported by the next agent with all its output', async () => {
    const { id } = await plane.invoke(node.id, {
      commands: [
        `echo a | tee -a ${file('on')}`,
        `until [ -e ${file('on-gate')} ]; do sleep 0.05; done`,
        'echo b; exit 7',
      ],
    });
    await there('on');
    await node.kill();
    writeFileSync(file('on-gate'), '');
    await untilTrue('the script has ended', () => processesOf(id).length === 0);
    await node.start();
    const report = await plane.finalOf(id);
    expect(report).toMatchObject({ outcome: Outcome.FAILED, steps: [{ exitCode: 7 }] });
    expect(Buffer.from(report.steps[0]!.stdout!.head).toString()).toBe('a\nb\n');
    expect(textOf('on')).toBe('a\n');
  });

  it('is adopted while it runs: cancelled by the next agent, it ends', async () => {
    const { id } = await plane.invoke(node.id, { commands: [`echo ran >> ${file('adopted')}`, 'sleep 300'] });
    await there('adopted');
    await node.kill();
    await node.start();
    expect(plane.hellos.at(-1)).toMatchObject({ running: [id] });
    expect(processesOf(id)).not.toEqual([]);
    await plane.cancel(node.id, id);
    expect(await plane.finalOf(id)).toMatchObject({ outcome: Outcome.CANCELLED });
    expect(processesOf(id)).toEqual([]);
    expect(textOf('adopted')).toBe('ran\n');
  });

  it('is ended in time, though nobody is there to end it', async () => {
    const { id } = await plane.invoke(node.id, {
      commands: [`touch ${file('timed')}`, 'sleep 300'],
      executionTimeout: 1,
    });
    await there('timed');
    await node.kill();
    await untilTrue('the script was ended', () => processesOf(id).length === 0);
    await node.start();
    expect(await plane.finalOf(id)).toMatchObject({ outcome: Outcome.TIMED_OUT });
  });

  it('is cancelled though the agent is killed right after it said so', async () => {
    const { id } = await plane.invoke(node.id, {
      commands: ["trap '' TERM", `touch ${file('stubborn')}`, 'while :; do sleep 1; done'],
    });
    await there('stubborn');
    await plane.cancel(node.id, id);
    await node.kill();
    await node.start();
    expect(await plane.finalOf(id)).toMatchObject({ outcome: Outcome.CANCELLED });
    expect(processesOf(id)).toEqual([]);
  });

  it('has its long output sent from where it was acknowledged', async () => {
    const { id } = await plane.invoke(node.id, {
      commands: [
        'head -c 3000000 /dev/zero',
        `until [ -e ${file('long-gate')} ]; do sleep 0.05; done`,
        'head -c 1000 /dev/zero',
      ],
    });
    await plane.until('some output', () => plane.chunks.filter((chunk) => chunk.invocationId === id)[8]);
    await node.kill();
    const before = plane.chunks.filter((chunk) => chunk.invocationId === id).length;
    writeFileSync(file('long-gate'), '');
    await node.start();
    expect((await plane.finalOf(id)).steps[0]!.stdout!.length).toBe(3_001_000n);
    await plane.until('all output', () => plane.outputOf(id, STDOUT, 3_001_000));
    const again = plane.chunks.filter((chunk) => chunk.invocationId === id).slice(before);
    expect(Math.min(...again.map(({ offset }) => Number(offset)))).toBeGreaterThan(0);
  });

  it('is told of again until it is settled, by whichever agent', async () => {
    const { id } = await plane.invoke(node.id, { commands: ['true'] });
    await plane.finalOf(id);
    await node.kill();
    const [count, hellos] = [plane.finals(id).length, plane.hellos.length];
    await node.start();
    expect(plane.hellos[hellos]!.unsettled).toContain(id);
    await plane.until('reported again', () => plane.finals(id)[count]);
    expect(plane.finals(id)[count]).toEqual(plane.finals(id)[0]);
  });
});

it('a script whose wrapper is killed ends, and is reported as interrupted', async () => {
  const { id } = await plane.invoke(node.id, { commands: ['echo seen', `touch ${file('orphan')}`, 'sleep 300'] });
  await there('orphan');
  process.kill(wrapperOf(id)!, 'SIGKILL');
  const report = await plane.finalOf(id);
  expect(report).toMatchObject({ outcome: Outcome.INTERRUPTED, reason: expect.stringContaining('killed') });
  expect(processesOf(id)).toEqual([]);
});

it('a script that a machine on its way down ends was not cancelled: nobody asked for that', async () => {
  const { id } = await plane.invoke(node.id, { commands: [`touch ${file('down')}`, 'sleep 300'] });
  await there('down');
  process.kill(wrapperOf(id)!, 'SIGTERM');
  expect(await plane.finalOf(id)).toMatchObject({
    outcome: Outcome.INTERRUPTED,
    reason: expect.stringContaining('from outside'),
  });
});

it('a script whose wrapper and agent are killed together ends, and is reported as interrupted', async () => {
  const { id } = await plane.invoke(node.id, { commands: [`touch ${file('both')}`, 'sleep 300'] });
  await there('both');
  const wrapper = wrapperOf(id)!;
  await node.kill();
  process.kill(wrapper, 'SIGKILL');
  await node.start();
  expect(await plane.finalOf(id)).toMatchObject({ outcome: Outcome.INTERRUPTED });
  expect(processesOf(id)).toEqual([]);
});

describe('an agent that was killed between two steps of its own', () => {
  // What the journal of a killed agent says; the states that a kill from outside meets only by chance.
  const accepted = (id: string, over: object = {}): JournalRecord => ({ ...template!, id, ...over }) as JournalRecord;
  const dead = () => ({ ...started!.wrapper, pid: 2 ** 22 - 1 });
  const records: JournalRecord[] = [];
  let template: Extract<JournalRecord, { kind: 'accepted' }> | undefined;
  let started: Extract<JournalRecord, { kind: 'started' }> | undefined;

  beforeAll(async () => {
    await node.start();
    const { id } = await plane.invoke(node.id, { commands: [`echo ran >> ${file('steps')}`] });
    await plane.finalOf(id);
    await node.kill();
    const { file: journal, records: found } = await JournalFile.open(join(node.stateDir, 'journal'));
    await journal.close();
    template = found.find((record) => record.kind === 'accepted' && record.id === id) as typeof template;
    started = found.find((record) => record.kind === 'started' && record.id === id) as typeof started;
    rmSync(file('steps'));
  });

  async function restartWith(...more: JournalRecord[]): Promise<void> {
    await node.kill();
    const { file: journal } = await JournalFile.open(join(node.stateDir, 'journal'));
    await journal.append(more);
    await journal.close();
    records.push(...more);
    await node.start();
  }

  function runFolder(id: string, ...names: string[]): string {
    const folder = join(node.stateDir, 'work', id, '0-made');
    mkdirSync(folder, { recursive: true });
    for (const name of ['stdout', 'stderr', ...names]) writeFileSync(join(folder, name), '', { flag: 'a' });
    return '0-made';
  }

  const startedRecord = (id: string, over: object = {}) => ({
    ...started!,
    id,
    folder: runFolder(id),
    wrapper: dead(),
    ...over,
  });

  it('runs what it had only accepted', async () => {
    await restartWith(accepted('only-accepted'));
    expect(await plane.finalOf('only-accepted')).toMatchObject({ outcome: Outcome.SUCCESS });
    expect(textOf('steps')).toBe('ran\n');
    rmSync(file('steps'));
  });

  it('does not run what it accepted before the machine went down', async () => {
    await restartWith(accepted('other-boot', { bootId: 'another' }));
    expect(await plane.finalOf('other-boot')).toMatchObject({ outcome: Outcome.NOT_STARTED });
  });

  it('does not run what may start no longer', async () => {
    await restartWith(accepted('too-late', { uptimeMs: template!.uptimeMs - 1e9 }));
    expect(await plane.finalOf('too-late')).toMatchObject({ outcome: Outcome.TOO_LATE });
  });

  it('says "not started" when the wrapper was never told', async () => {
    await restartWith(accepted('no-mark'), startedRecord('no-mark'));
    expect(await plane.finalOf('no-mark')).toMatchObject({ outcome: Outcome.NOT_STARTED });
  });

  it('says "interrupted" when the wrapper had made its mark and is gone', async () => {
    await restartWith(accepted('mark'), startedRecord('mark', { folder: runFolder('mark', 'mark') }));
    expect(await plane.finalOf('mark')).toMatchObject({ outcome: Outcome.INTERRUPTED });
  });

  it('never says "not started" over a boot: the mark may be what was lost', async () => {
    const wrapper = { ...dead(), bootId: 'another' };
    await restartWith(accepted('boot'), startedRecord('boot', { wrapper }));
    expect(await plane.finalOf('boot')).toMatchObject({ outcome: Outcome.INTERRUPTED });
  });

  it('reports an end that nobody had seen', async () => {
    const folder = runFolder('ended', 'mark', 'exit.5');
    writeFileSync(join(node.stateDir, 'work', 'ended', folder, 'stdout'), 'said\n');
    await restartWith(accepted('ended'), startedRecord('ended', { folder }));
    const report = await plane.finalOf('ended');
    expect(report).toMatchObject({ outcome: Outcome.FAILED, steps: [{ exitCode: 5 }] });
    expect(Buffer.from(report.steps[0]!.stdout!.head).toString()).toBe('said\n');
  });

  it('does not run what was cancelled before it started', async () => {
    await restartWith(accepted('stopped'), { kind: 'cancelled', id: 'stopped' });
    expect(await plane.finalOf('stopped')).toMatchObject({ outcome: Outcome.CANCELLED });
  });

  afterAll(() => expect(textOf('steps')).toBe(''));
});

it('killed at any moment, the agent runs no script twice and tells the truth about each', async () => {
  const seed = Number(process.env['MUSTER_TEST_SEED'] ?? Date.now() % 1_000_000);
  const random = seeded(seed);
  const ids: string[] = [];
  for (let round = 0; round < 12; round++) {
    const id = `round-${round}`;
    ids.push(id);
    const order = { id, commands: [`echo ran >> ${file(id)}`] };
    const asked = plane.invoke(node.id, order).catch(() => undefined);
    await wait(random() * 40);
    await node.kill();
    await node.start();
    // As the gate does with an expired lease: the same id again.
    if (!(await Promise.race([asked, wait(0)]))) {
      expect((await plane.invoke(node.id, order)).answer.verdict).toBe(Verdict.ACCEPTED);
    }
    void asked;
  }
  for (const id of ids) {
    const { outcome } = await plane.finalOf(id);
    const ran = textOf(id).split('\n').length - 1;
    expect([seed, id, outcome, ran]).toEqual([seed, id, outcome, outcome === Outcome.SUCCESS ? 1 : 0]);
    expect([Outcome.SUCCESS, Outcome.NOT_STARTED]).toContain(outcome);
  }
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

async function untilTrue(what: string, look: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!look()) {
    if (Date.now() > deadline) throw new Error(`nothing came of: ${what}`);
    await wait(20);
  }
}
