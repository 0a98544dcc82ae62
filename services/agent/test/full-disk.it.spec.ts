import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { jest } from '@jest/globals';
import { InvokeAnswer_Verdict as Verdict, StatusReport_Outcome as Outcome } from '@muster/contracts';
import { leftOut } from '@muster/testing';

import { Node } from './agent-process.js';
import { ControlPlane } from './control-plane.js';
import { processesOf } from './processes.js';

jest.setTimeout(120_000);

const disk = mkdtempSync(join(tmpdir(), 'muster-agent-disk-'));
// A disk of its own that is soon full; only root may have one, and not in every container.
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=14m', 'tmpfs', disk]).status === 0;
if (!mounted) leftOut('the agent on a full disk: only root may mount a small one');

afterAll(() => {
  if (mounted) spawnSync('umount', ['--lazy', disk]);
  rmSync(disk, { recursive: true });
});

(mounted ? it : it.skip)('a full disk refuses what is new, and loses no result of what was accepted', async () => {
  const plane = await ControlPlane.open();
  const node = await Node.register(plane, disk);
  try {
    await node.start();
    const greedy = await plane.invoke(node.id, {
      commands: [
        'head -c 20000000 /dev/zero',
        'until [ -e /tmp/never ]; do sleep 0.1; [ $((n += 1)) -lt 20 ] || exit 4; done',
      ],
      outputLimitBytes: 30_000_000,
    });
    expect(greedy.answer.verdict).toBe(Verdict.ACCEPTED);
    await plane.until('running', () => plane.reports.find(({ invocationId }) => invocationId === greedy.id));
    const refused = await plane.invoke(node.id, { commands: ['true'] });
    expect(refused.answer).toMatchObject({ verdict: Verdict.NO_SPACE, reason: expect.stringContaining('are needed') });

    // The next agent starts, adopts and reports on the full disk.
    await node.kill();
    fill(join(disk, 'filler'));
    await node.start();
    const report = await plane.finalOf(greedy.id);
    expect(report).toMatchObject({ outcome: Outcome.FAILED, steps: [{ exitCode: 4, stdout: { cut: true } }] });
    expect(report.reason).toContain('the disk was full');
    expect(processesOf(greedy.id)).toEqual([]);

    rmSync(join(disk, 'filler'));
    const { length } = report.steps[0]!.stdout!;
    await plane.until('the output that was kept', () => plane.outputOf(greedy.id, 1, Number(length)));
    let { answer } = refused;
    while (answer.verdict === Verdict.NO_SPACE) {
      // Said again, as the control plane does: a plain publish may be lost.
      plane.settle(node.id, greedy.id);
      await plane.something();
      ({ answer } = await plane.invoke(node.id, { commands: ['true'] }));
    }
    expect(answer.verdict).toBe(Verdict.ACCEPTED);
    expect(statSync(join(disk, 'reserve')).size).toBe(1_048_576);
    expect(readFileSync(join(disk, 'wrapper.sh'), 'utf8')).toContain('exit.$code');
  } finally {
    await node.kill('SIGTERM');
    await plane.close();
  }
});

function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(20_000_000));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
