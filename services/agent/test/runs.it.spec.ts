import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { jest } from '@jest/globals';
import {
  CancelAnswer_State as CancelState,
  InvokeAnswer_Verdict as Verdict,
  StatusReport_Outcome as Outcome,
  StatusReport_Phase as Phase,
} from '@muster/contracts';

import { Node } from './agent-process.js';
import { ControlPlane } from './control-plane.js';
import { processesOf } from './processes.js';

jest.setTimeout(60_000);

const STDOUT = 1;
const STDERR = 2;
const scratch = mkdtempSync(join(tmpdir(), 'muster-agent-scratch-'));
let plane: ControlPlane;
let node: Node;

beforeAll(async () => {
  plane = await ControlPlane.open();
  node = await (await Node.register(plane)).start();
});

afterAll(async () => {
  await node?.kill('SIGTERM');
  await plane?.close();
  rmSync(scratch, { recursive: true });
  rmSync(node.stateDir, { recursive: true });
});

describe('a shell script', () => {
  it('is acknowledged, runs, and is reported with its output', async () => {
    const { id, answer } = await plane.invoke(node.id, {
      commands: ['echo hello', 'echo trouble >/dev/stderr', 'exit 3'],
    });
    expect(answer.verdict).toBe(Verdict.ACCEPTED);
    const report = await plane.finalOf(id);
    const [step] = report.steps;
    expect(report).toMatchObject({ nodeId: node.id, commandId: 'a-command', outcome: Outcome.FAILED });
    expect(report.reason).toBe('The script ended with exit code 3.');
    expect(step).toMatchObject({ name: 'runShellScript', plugin: 'aws:runShellScript', exitCode: 3 });
    expect(Buffer.from(step!.stdout!.head).toString()).toBe('hello\n');
    expect(Buffer.from(step!.stderr!.head).toString()).toBe('trouble\n');
    expect(Buffer.from(step!.stdout!.sha256)).toEqual(createHash('sha256').update('hello\n').digest());
    expect(report.finishedAtMs).toBeGreaterThanOrEqual(report.startedAtMs);
  });

  it('knows who and where it is, and nothing of the agent itself', async () => {
    const { id } = await plane.invoke(node.id, {
      commands: ['echo $AWS_SSM_INSTANCE_ID $AWS_SSM_REGION_NAME', 'pwd', 'echo ${MUSTER_LOG_LEVEL-unset}'],
      workingDirectory: scratch,
    });
    const report = await plane.finalOf(id);
    expect(Buffer.from(report.steps[0]!.stdout!.head).toString()).toBe(`${node.id} us-east-1\n${scratch}\nunset\n`);
    expect(report.outcome).toBe(Outcome.SUCCESS);
  });

  it('runs under the interpreter of its first line', async () => {
    const { id } = await plane.invoke(node.id, { commands: ['#!/usr/bin/env node', 'console.log(6 * 7)'] });
    expect(Buffer.from((await plane.finalOf(id)).steps[0]!.stdout!.head).toString()).toBe('42\n');
  });

  it('does not run in a folder that is not there', async () => {
    const { id } = await plane.invoke(node.id, { commands: ['echo ran'], workingDirectory: '/does/not/exist' });
    const report = await plane.finalOf(id);
    expect(report.outcome).toBe(Outcome.FAILED);
    expect(Buffer.from(report.steps[0]!.stderr!.head).toString()).toContain('/does/not/exist');
    expect(report.steps[0]!.stdout!.length).toBe(0n);
  });

  it('is ended with all that it started when its time is over', async () => {
    const witness = join(scratch, 'outlived');
    const { id } = await plane.invoke(node.id, {
      commands: [`(sleep 3; touch ${witness}) &`, 'echo before', 'sleep 60', 'echo after'],
      executionTimeout: 1,
    });
    const report = await plane.finalOf(id);
    expect(report.outcome).toBe(Outcome.TIMED_OUT);
    expect(Buffer.from(report.steps[0]!.stdout!.head).toString()).toBe('before\n');
    expect(processesOf(id)).toEqual([]);
  });

  it('says that it runs before it ends, and is followed live', async () => {
    const gate = join(scratch, 'gate');
    const { id } = await plane.invoke(node.id, {
      commands: ['echo first', `until [ -e ${gate} ]; do sleep 0.1; done`, 'echo last'],
    });
    await plane.until('started', () => plane.reports.find((r) => r.invocationId === id && r.phase === Phase.STARTED));
    await plane.until('live output', () => plane.outputOf(id, STDOUT, 6)?.toString() === 'first\n');
    expect(plane.finals(id)).toEqual([]);
    writeFileSync(gate, '');
    expect((await plane.finalOf(id)).outcome).toBe(Outcome.SUCCESS);
    const all = await plane.until('all output', () => plane.outputOf(id, STDOUT, 11));
    expect(all.toString()).toBe('first\nlast\n');
  });

  it('may write megabytes, and every byte arrives', async () => {
    const { id } = await plane.invoke(node.id, {
      commands: [
        'head -c 5000000 /dev/urandom | tee /dev/stderr | sha256sum > ' + join(scratch, 'sum'),
        'head -c 5000000 /dev/zero',
      ],
    });
    const report = await plane.finalOf(id);
    const { stdout, stderr } = report.steps[0]!;
    expect([stdout!.length, stderr!.length]).toEqual([5_000_000n, 5_000_000n]);
    const out = await plane.until('stdout', () => plane.outputOf(id, STDOUT, 5_000_000));
    const err = await plane.until('stderr', () => plane.outputOf(id, STDERR, 5_000_000));
    expect(out.equals(Buffer.alloc(5_000_000))).toBe(true);
    const wanted = readFileSync(join(scratch, 'sum'), 'latin1').slice(0, 64);
    expect(createHash('sha256').update(err).digest('hex')).toBe(wanted);
    expect(Buffer.from(stderr!.sha256).toString('hex')).toBe(wanted);
    expect(Math.max(...plane.chunks.map((chunk) => chunk.data.length))).toBeLessThanOrEqual(65_536);
  });

  it('is cut, visibly, where its quota ends', async () => {
    const { id } = await plane.invoke(node.id, {
      commands: ['yes | head -c 3000000', 'echo done >&2'],
      outputLimitBytes: 100_001,
    });
    const { stdout, stderr } = (await plane.finalOf(id)).steps[0]!;
    expect(stdout).toMatchObject({ length: 100_001n, cut: true });
    expect(stderr).toMatchObject({ length: 5n, cut: false });
    expect((await plane.until('output', () => plane.outputOf(id, STDOUT, 100_001))).length).toBe(100_001);
  });
});

describe('a command', () => {
  it('that is sent again is acknowledged again and runs once', async () => {
    const witness = join(scratch, 'once');
    const order = { id: 'sent-three-times', commands: [`echo ran >> ${witness}`] };
    const answers = await Promise.all([1, 2, 3].map(() => plane.invoke(node.id, order)));
    expect(answers.map(({ answer }) => answer.verdict)).toEqual([Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.ACCEPTED]);
    await plane.finalOf(order.id);
    expect((await plane.invoke(node.id, order)).answer.verdict).toBe(Verdict.ACCEPTED);
    plane.settle(node.id, order.id);
    const after = await plane.invoke(node.id, { commands: ['true'] });
    await plane.finalOf(after.id);
    expect((await plane.invoke(node.id, order)).answer.verdict).toBe(Verdict.ACCEPTED);
    expect(readFileSync(witness, 'utf8')).toBe('ran\n');
  });

  it('that is cancelled while it runs ends with all that it started', async () => {
    const pids = join(scratch, 'pids');
    const { id } = await plane.invoke(node.id, {
      commands: ['setsid sleep 300 &', 'sleep 301 &', `echo $$ > ${pids}`, 'wait'],
    });
    await plane.until('started', () => plane.reports.find((r) => r.invocationId === id));
    expect(processesOf(id)).not.toEqual([]);
    expect((await plane.cancel(node.id, id)).state).toBe(CancelState.STOPPING);
    const report = await plane.finalOf(id);
    expect(report.outcome).toBe(Outcome.CANCELLED);
    expect(processesOf(id)).toEqual([]);
    expect((await plane.cancel(node.id, id)).state).toBe(CancelState.FINISHED);
  });

  it('that is cancelled before it arrives never runs', async () => {
    const witness = join(scratch, 'never');
    expect((await plane.cancel(node.id, 'not-yet-here')).state).toBe(CancelState.TOMBSTONED);
    const { answer } = await plane.invoke(node.id, { id: 'not-yet-here', commands: [`touch ${witness}`] });
    expect(answer.verdict).toBe(Verdict.CANCELLED);
    expect(() => readFileSync(witness)).toThrow('ENOENT');
  });

  it('that cannot start in its time does not start', async () => {
    const { id } = await plane.invoke(node.id, { commands: ['echo ran'], startWithinMs: -1 });
    expect(await plane.finalOf(id)).toMatchObject({ outcome: Outcome.TOO_LATE });
  });

  it('that needs another plugin is refused, and one that is unsound fails with the reason', async () => {
    const document = (action: string, schemaVersion = '2.2') =>
      JSON.stringify({ schemaVersion, mainSteps: [{ action, name: 's', inputs: {} }] });
    const other = await plane.invoke(node.id, { commands: [], document: document('aws:doMagic') });
    expect(other.answer).toMatchObject({
      verdict: Verdict.INVALID_PLATFORM,
      reason: 'This node has no plugin aws:doMagic.',
    });
    const unsound = await plane.invoke(node.id, { commands: [], document: document('aws:runShellScript', '9') });
    expect(unsound.answer.verdict).toBe(Verdict.ACCEPTED);
    expect(await plane.finalOf(unsound.id)).toMatchObject({
      outcome: Outcome.FAILED,
      reason: expect.stringContaining('schemaVersion'),
    });
  });

  it('is reported again until it is settled, and then forgotten', async () => {
    const { id } = await plane.invoke(node.id, { commands: ['true'] });
    await plane.until('a second report', () => plane.finals(id)[1]);
    expect(plane.finals(id)[1]).toEqual(plane.finals(id)[0]);
    plane.settle(node.id, id);
    // What comes behind it and is answered tells that it was heard.
    await plane.invoke(node.id, { commands: ['true'] });
    const hello = plane.hellos.filter(({ nodeId }) => nodeId === node.id).length;
    await node.kill('SIGTERM');
    await node.start();
    expect((await plane.granted(node.id, hello)).unsettled).not.toContain(id);
  });
});
