import { createHash, randomBytes } from 'node:crypto';

import {
  CancelAnswer_State as CancelState,
  InvokeAnswer_Verdict as Verdict,
  StatusReport_Outcome as Outcome,
  StatusReport_Phase as Phase,
} from '@muster/contracts';
import type { TestNode } from '@muster/testing';

import { WholeOutput } from '../src/whole-output.js';
import { type Answer, CommandsWorld } from './commands-world.js';

const world = new CommandsWorld();

async function send(tag: string, more: object = {}): Promise<string> {
  const answer = await world.ssm('SendCommand', {
    DocumentName: 'AWS-RunShellScript',
    Targets: [{ Key: 'tag:group', Values: [tag] }],
    Parameters: { commands: ['date'] },
    ...more,
  });
  return answer['Command'].CommandId as string;
}

let groups = 0;
/** Some nodes that no other test knows. */
async function group(count: number, connected = true): Promise<{ tag: string; nodes: TestNode[] }> {
  const tag = `group-${++groups}`;
  const nodes = await Promise.all(Array.from({ length: count }, () => world.node({ group: tag }, connected)));
  return { tag, nodes: nodes.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

async function told(id: string, status: string, node?: TestNode): Promise<void> {
  await world.events.next(
    ({ data }) => data['command-id'] === id && data['status'] === status && data['instance-id'] === node?.id,
  );
}

async function command(id: string): Promise<Answer> {
  return (await world.ssm('ListCommands', { CommandId: id }))['Commands'][0] as Answer;
}

function invocation(id: string, node: TestNode): Promise<Answer> {
  return world.ssm('GetCommandInvocation', { CommandId: id, InstanceId: node.id });
}

describe('MaxConcurrency', () => {
  it('is never exceeded, and every end lets the next one in', async () => {
    const { tag, nodes } = await group(6);
    let running = 0;
    let most = 0;
    for (const node of nodes) {
      node.onInvoke = (message) => {
        most = Math.max(most, ++running);
        void node.started(message.invocationId).then(() => {
          running--;
          return node.finished(message.invocationId);
        });
        return { verdict: Verdict.ACCEPTED };
      };
    }
    const id = await send(tag, { MaxConcurrency: '2' });
    await told(id, 'Success');
    expect(most).toBe(2);
    expect(nodes.map((node) => node.count('invoke'))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('is given back by a node that is not there', async () => {
    const { tag, nodes } = await group(3, false);
    const last = nodes[2]!;
    await last.connect();
    const id = await send(tag, { MaxConcurrency: '1' });
    const { invocationId } = await last.next('invoke');
    await last.finished(invocationId);
    await told(id, 'Success', last);
    await expect(command(id)).resolves.toMatchObject({ Status: 'InProgress', CompletedCount: 1 });
  });

  it('holds with two replicas', async () => {
    await world.replica();
    const { tag, nodes } = await group(12);
    let running = 0;
    let most = 0;
    for (const node of nodes) {
      node.onInvoke = (message) => {
        most = Math.max(most, ++running);
        setImmediate(() => {
          running--;
          void node.finished(message.invocationId);
        });
        return { verdict: Verdict.ACCEPTED };
      };
    }
    const id = await send(tag, { MaxConcurrency: '25%' });
    await told(id, 'Success');
    expect(most).toBeLessThanOrEqual(3);
    expect(nodes.map((node) => node.count('invoke'))).toEqual(nodes.map(() => 1));
  });
});

describe('MaxErrors', () => {
  it('N stops at the error after it: what was not sent ends with it, and does not run', async () => {
    const { tag, nodes } = await group(5);
    for (const node of nodes) {
      node.onInvoke = (message) => {
        void node.finished(message.invocationId, { outcome: Outcome.FAILED, exitCode: 1 });
        return { verdict: Verdict.ACCEPTED };
      };
    }
    const id = await send(tag, { MaxConcurrency: '1', MaxErrors: '1' });
    await told(id, 'Failed');
    await expect(command(id)).resolves.toMatchObject({
      Status: 'Failed',
      StatusDetails: 'Failed',
      TargetCount: 5,
      CompletedCount: 5,
      ErrorCount: 2,
    });
    expect(nodes.map((node) => node.count('invoke'))).toEqual([1, 1, 0, 0, 0]);
    await expect(invocation(id, nodes[4]!)).resolves.toMatchObject({
      Status: 'Cancelled',
      StatusDetails: 'Terminated',
      StandardErrorContent: expect.stringContaining('did not run'),
    });
  });

  it('also ends what comes back undelivered after the stop', async () => {
    const { tag, nodes } = await group(2);
    const [failing, mute] = nodes as [TestNode, TestNode];
    // It has been asked, and its answer comes only after the other one stopped the command.
    mute.onInvoke = () => 'silence';
    failing.onInvoke = (message) => {
      void mute
        .next('invoke')
        .then(() => failing.finished(message.invocationId, { outcome: Outcome.FAILED, exitCode: 1 }));
      return { verdict: Verdict.ACCEPTED };
    };
    const id = await send(tag, { MaxConcurrency: '2' });
    await told(id, 'Failed', failing);
    mute.onInvoke = () => ({ verdict: Verdict.NO_SPACE, reason: 'disk full' });
    await world.sql(`UPDATE invocation SET due_at = now() WHERE command_id = $1 AND node_id = $2`, [id, mute.id]);
    await told(id, 'Cancelled', mute);
    await expect(invocation(id, mute)).resolves.toMatchObject({ StatusDetails: 'Terminated' });
  });
});

describe('the delivery time-out', () => {
  it('ends what was never sent', async () => {
    const { tag, nodes } = await group(1, false);
    const id = await send(tag, { TimeoutSeconds: 30 });
    await told(id, 'Delayed', nodes[0]);
    await world.sql(`UPDATE command SET deliver_by = now() - interval '1 second' WHERE id = $1`, [id]);
    await told(id, 'TimedOut', nodes[0]);
    await expect(command(id)).resolves.toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'DeliveryTimedOut',
      DeliveryTimedOutCount: 1,
      ErrorCount: 0,
    });
    await nodes[0]!.connect();
    await world.registry.announceConnected(nodes[0]!);
    // Another command that does reach it proves that the first one had its chance.
    const next = await send(tag);
    expect((await nodes[0]!.next('invoke')).content.value).toMatchObject({ commandId: next });
    expect(nodes[0]!.count('invoke')).toBe(1);
  });

  it('does not touch what was sent: it may run', async () => {
    const { tag, nodes } = await group(2);
    const [mute, gone] = nodes as [TestNode, TestNode];
    mute.onInvoke = () => 'silence';
    await gone.disconnect();
    const id = await send(tag);
    const { invocationId } = await mute.next('invoke');
    await told(id, 'Delayed', gone);
    await world.sql(`UPDATE command SET deliver_by = now() - interval '1 second' WHERE id = $1`, [id]);
    await told(id, 'TimedOut', gone);
    await expect(invocation(id, mute)).resolves.toMatchObject({ Status: 'Pending' });
    await mute.finished(invocationId, { stdout: 'it ran' });
    await told(id, 'Success', mute);
  });
});

describe('a service that was killed between marking and sending', () => {
  it('sends when the lease is over, with the same id', async () => {
    const { tag, nodes } = await group(1, false);
    const [node] = nodes as [TestNode];
    const id = await send(tag);
    await told(id, 'Delayed', node);
    // As the dead one left it: marked, never sent, the lease over.
    await world.sql(
      `WITH marked AS (
         UPDATE invocation SET sent_at = now(), attempt = attempt + 1, due_at = now() + interval '1 hour'
         WHERE command_id = $1 RETURNING 1
       ) UPDATE command SET unsent = unsent - 1, sent = sent + 1 WHERE id = $1`,
      [id],
    );
    await node.connect();
    await world.sql(`UPDATE invocation SET due_at = now() WHERE command_id = $1`, [id]);
    const { invocationId } = await node.next('invoke');
    const [row] = await world.sql(`SELECT id FROM invocation WHERE command_id = $1`, [id]);
    expect(invocationId).toBe(row!['id']);
    await node.finished(invocationId);
    await told(id, 'Success', node);
  });

  it('leaves no command behind that was never sealed', async () => {
    const [draft] = await world.sql(
      `INSERT INTO command (id, account, region, document_name, document_version, document, steps, parameters, comment,
         instance_ids, targets, timeout_seconds, max_concurrency, max_errors, requested_by, requested_at, deliver_by, expires_at)
       SELECT '01990000-0000-7000-8000-000000000001', account, region, document_name, document_version, document, steps,
         parameters, comment, instance_ids, targets, timeout_seconds, max_concurrency, max_errors, requested_by,
         now() - interval '1 day', deliver_by, expires_at FROM command LIMIT 1 RETURNING id`,
    );
    await expect(world.ssm('ListCommands', { CommandId: draft!['id'] })).rejects.toMatchObject({
      code: 'InvalidCommandId',
    });
    const { RemoveDrafts } = await import('../src/sweeps/remove-drafts.js');
    expect(await world.service.get(RemoveDrafts).sweep()).toBe(1);
    await expect(world.sql(`SELECT 1 FROM command WHERE id = $1`, [draft!['id']])).resolves.toEqual([]);
  });
});

describe('a node that is asked', () => {
  it('and has no room is asked again later; the reason is told', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    node.onInvoke = () => ({ verdict: Verdict.NO_SPACE, reason: 'disk full' });
    const id = await send(tag);
    await told(id, 'Delayed', node);
    await expect(invocation(id, node)).resolves.toMatchObject({
      Status: 'Delayed',
      StandardErrorContent: expect.stringContaining('disk full'),
    });
  });

  it('and cannot run the document says so, which is no error of the command', async () => {
    const { tag, nodes } = await group(1);
    nodes[0]!.onInvoke = () => ({ verdict: Verdict.INVALID_PLATFORM, reason: 'no aws:runShellScript here' });
    const id = await send(tag);
    await told(id, 'Failed', nodes[0]);
    await expect(invocation(id, nodes[0]!)).resolves.toMatchObject({
      Status: 'Failed',
      StatusDetails: 'InvalidPlatform',
    });
    await expect(command(id)).resolves.toMatchObject({ ErrorCount: 0, CompletedCount: 1 });
  });

  it('gets nothing while a person has to decide about it', async () => {
    const { tag, nodes } = await group(1);
    world.registry.block(nodes[0]!, 'two machines carry its identity');
    const id = await send(tag);
    await told(id, 'Delayed', nodes[0]);
    await expect(invocation(id, nodes[0]!)).resolves.toMatchObject({
      StandardErrorContent: expect.stringContaining('two machines'),
    });
    expect(nodes[0]!.count('invoke')).toBe(0);
  });

  it('is undeliverable when it is not registered any more', async () => {
    const { tag, nodes } = await group(1, false);
    const id = await send(tag);
    await told(id, 'Delayed', nodes[0]);
    world.registry.remove(nodes[0]!);
    await world.sql(`UPDATE invocation SET due_at = now() WHERE command_id = $1`, [id]);
    await told(id, 'Failed', nodes[0]);
    await expect(invocation(id, nodes[0]!)).resolves.toMatchObject({ StatusDetails: 'Undeliverable' });
  });
});

describe('cancelling', () => {
  it('ends at once what was not sent', async () => {
    const { tag, nodes } = await group(1, false);
    const id = await send(tag);
    await told(id, 'Delayed', nodes[0]);
    await expect(world.ssm('CancelCommand', { CommandId: id })).resolves.toEqual({});
    await expect(command(id)).resolves.toMatchObject({ Status: 'Cancelled', CompletedCount: 1 });
  });

  it('kills what runs, and waits for its report', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    const id = await send(tag);
    const { invocationId } = await node.next('invoke');
    await told(id, 'InProgress', node);
    await world.ssm('CancelCommand', { CommandId: id });
    await expect(command(id)).resolves.toMatchObject({ Status: 'Cancelling' });
    expect((await node.next('cancel')).invocationId).toBe(invocationId);
    await node.finished(invocationId, { outcome: Outcome.CANCELLED, exitCode: 137, stdout: 'half' });
    await told(id, 'Cancelled');
    await expect(invocation(id, node)).resolves.toMatchObject({ Status: 'Cancelled', StandardOutputContent: 'half' });
  });

  it('that comes too late leaves the success as it is', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    node.onCancel = () => CancelState.FINISHED;
    const id = await send(tag);
    const { invocationId } = await node.next('invoke');
    await told(id, 'InProgress', node);
    await world.ssm('CancelCommand', { CommandId: id });
    await node.next('cancel');
    await node.finished(invocationId, { stdout: 'done' });
    await told(id, 'Success');
  });

  it('of what was sent and perhaps never arrived ends with a tombstone', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    node.onInvoke = () => 'silence';
    node.onCancel = () => CancelState.TOMBSTONED;
    const id = await send(tag);
    await node.next('invoke');
    await world.ssm('CancelCommand', { CommandId: id });
    await told(id, 'Cancelled', node);
  });

  it('is said again when the node comes back', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    const id = await send(tag);
    const { invocationId } = await node.next('invoke');
    await told(id, 'InProgress', node);
    await node.disconnect();
    await world.ssm('CancelCommand', { CommandId: id });
    await told(id, 'Cancelling', node);
    await node.connect();
    await world.registry.announceConnected(node);
    await node.next('cancel');
    await node.finished(invocationId, { outcome: Outcome.CANCELLED });
    await told(id, 'Cancelled', node);
  });

  it('that no node confirms says so in the end', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    node.onCancel = () => undefined;
    const id = await send(tag);
    await told(id, 'InProgress', node);
    await world.ssm('CancelCommand', { CommandId: id });
    await node.next('cancel');
    await world.sql(`UPDATE command SET expires_at = now() - interval '1 day' WHERE id = $1`, [id]);
    await told(id, 'Cancelled', node);
    await expect(invocation(id, node)).resolves.toMatchObject({
      StandardErrorContent: expect.stringContaining('Unconfirmed'),
    });
  });

  it('of some nodes lets the others go on', async () => {
    const { tag, nodes } = await group(2);
    const [one, other] = nodes as [TestNode, TestNode];
    const id = await send(tag);
    const [{ invocationId: a }, { invocationId: b }] = [await one.next('invoke'), await other.next('invoke')];
    await told(id, 'InProgress', one);
    await world.ssm('CancelCommand', { CommandId: id, InstanceIds: [one.id] });
    await one.next('cancel');
    await one.finished(a, { outcome: Outcome.CANCELLED });
    await other.finished(b);
    await told(id, 'Cancelled', one);
    await told(id, 'Success', other);
    expect(other.count('cancel')).toBe(0);
  });

  it('names nodes that the command is not for', async () => {
    const { tag } = await group(1, false);
    const id = await send(tag);
    await expect(
      world.ssm('CancelCommand', { CommandId: id, InstanceIds: ['mi-00000000000000000'] }),
    ).rejects.toMatchObject({ code: 'InvalidInstanceId' });
    await expect(command(id)).resolves.toMatchObject({ Status: 'Pending' });
  });
});

describe('what Postgres keeps in no text', () => {
  it('is no reason to lose the report of a node', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    const id = await send(tag);
    const { invocationId } = await node.next('invoke');
    await node.finished(invocationId, { outcome: Outcome.FAILED, exitCode: 3, reason: 'a\0b', step: 'run\0It' });
    await told(id, 'Failed', node);
    await expect(invocation(id, node)).resolves.toMatchObject({
      StandardErrorContent: expect.stringContaining('a\ufffdb'),
    });
  });

  it('is no reason to lose what a node answered', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    node.onInvoke = () => ({ verdict: Verdict.INVALID_PLATFORM, reason: 'a\0b' });
    const id = await send(tag);
    await told(id, 'Failed', node);
  });
});

describe('long output', () => {
  it('is kept whole, whatever order its parts come in, and cut only where it is shown', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    const content = Buffer.from(randomBytes(150_000).toString('hex'));
    const id = await send(tag);
    const { invocationId } = await node.next('invoke');
    const part = 64 * 1024;
    const offsets = Array.from({ length: Math.ceil(content.length / part) }, (_, at) => at * part);
    // One cut short, as when its acknowledgement was lost and the script wrote on.
    await node.output(invocationId, 0, content.subarray(0, 10));
    // The last first; one twice; and one again with other borders, as after a restart of the agent.
    for (const at of [...offsets.reverse(), 0]) await node.output(invocationId, at, content.subarray(at, at + part));
    await node.output(invocationId, 1_000, content.subarray(1_000, 2_000));
    await node.finished(invocationId, { stdout: content });
    await told(id, 'Success', node);

    await expect(invocation(id, node)).resolves.toMatchObject({
      StandardOutputContent: content.subarray(0, 24_000).toString(),
    });
    await composed(invocationId);
    const found = await world.service.get(WholeOutput).find({ invocationId, step: 'runShellScript', stream: 'stdout' });
    expect(found?.state).toBe('whole');
    expect(await hashOf(found!.content)).toBe(createHash('sha256').update(content).digest('hex'));
    await expect(world.sql(`SELECT 1 FROM output_chunk WHERE invocation_id = $1`, [invocationId])).resolves.toEqual([]);
  });

  it('of others is put together though a node claims a length that no number can hold', async () => {
    const { tag, nodes } = await group(2);
    const [liar, honest] = nodes as [TestNode, TestNode];
    const content = Buffer.alloc(100_000, 'y');
    const id = await send(tag);
    const lies = (await liar.next('invoke')).invocationId;
    await liar.output(lies, 0, content);
    const stdout = { head: Buffer.from('y'), length: 2n ** 62n, sha256: new Uint8Array(32), cut: false };
    const step = { name: 'runShellScript', outcome: Outcome.SUCCESS, exitCode: 0, stdout };
    await liar.report({ invocationId: lies, phase: Phase.FINISHED, outcome: Outcome.SUCCESS, steps: [step] });
    await told(id, 'Success', liar);
    const { invocationId } = await honest.next('invoke');
    await honest.output(invocationId, 0, content.subarray(0, 65_536));
    await honest.output(invocationId, 65_536, content.subarray(65_536));
    await honest.finished(invocationId, { stdout: content });
    await told(id, 'Success', honest);
    await composed(invocationId);
    const found = await world.service.get(WholeOutput).find({ invocationId, step: 'runShellScript', stream: 'stdout' });
    expect(found?.state).toBe('whole');
    await hashOf(found!.content);
  });

  it('that never came whole is kept as far as it came, and called incomplete', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    const content = Buffer.alloc(200_000, 'x');
    const id = await send(tag);
    const { invocationId } = await node.next('invoke');
    await node.output(invocationId, 0, content.subarray(0, 65_536));
    await node.output(invocationId, 131_072, content.subarray(131_072, 196_608));
    await node.finished(invocationId, { stdout: content });
    await told(id, 'Success', node);
    await world.sql(`UPDATE invocation SET final_at = now() - interval '1 hour' WHERE id = $1`, [invocationId]);
    await composed(invocationId);
    const found = await world.service.get(WholeOutput).find({ invocationId, step: 'runShellScript', stream: 'stdout' });
    expect(found?.state).toBe('incomplete');
    expect(await hashOf(found!.content)).toBe(createHash('sha256').update(content.subarray(0, 65_536)).digest('hex'));
  });
});

/** Sweeps until the parts have become an object. */
async function composed(invocationId: string): Promise<void> {
  const { ComposeOutput } = await import('../src/sweeps/compose-output.js');
  const sweep = world.service.get(ComposeOutput);
  for (let left = 100; left > 0; left--) {
    await world.sql(`UPDATE output_stream SET due_at = now() WHERE invocation_id = $1 AND state = 'open'`, [
      invocationId,
    ]);
    await sweep.sweep();
    const rows = await world.sql(`SELECT state FROM output_stream WHERE invocation_id = $1`, [invocationId]);
    if (rows.length > 0 && rows.every((row) => row['state'] !== 'open')) return;
  }
  throw new Error('the output did not become an object');
}

async function hashOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of content) hash.update(part);
  return hash.digest('hex');
}

describe('a registry that is away', () => {
  it('keeps nothing from being sent when it is back', async () => {
    const { tag, nodes } = await group(1);
    const [node] = nodes as [TestNode];
    const id = await send(tag, { MaxConcurrency: '1' });
    await node.finished((await node.next('invoke')).invocationId);
    await told(id, 'Success');

    await node.disconnect();
    const second = await send(tag);
    await told(second, 'Delayed', node);
    world.registry.away = true;
    await node.connect();
    await world.sql(`UPDATE invocation SET due_at = now() WHERE command_id = $1`, [second]);
    world.registry.away = false;
    await world.sql(`UPDATE invocation SET due_at = now() WHERE command_id = $1 AND sent_at IS NULL`, [second]);
    await node.finished((await node.next('invoke')).invocationId);
    await told(second, 'Success');
  });
});

describe('five hundred nodes', () => {
  it('are all reached at once, each once, and add up', async () => {
    const { tag, nodes } = await group(500);
    for (const node of nodes) {
      node.onInvoke = (message) => {
        void node.finished(message.invocationId, { stdout: node.id });
        return { verdict: Verdict.ACCEPTED };
      };
    }
    const id = await send(tag, { MaxConcurrency: '100%' });
    await told(id, 'Success');
    await expect(command(id)).resolves.toMatchObject({ TargetCount: 500, CompletedCount: 500, ErrorCount: 0 });
    expect(nodes.every((node) => node.count('invoke') === 1)).toBe(true);
    const finals = world.events.all.filter(
      ({ type, data }) =>
        data['command-id'] === id && type.endsWith('invocation-status-changed') && data['status'] === 'Success',
    );
    expect(finals).toHaveLength(500);
  }, 60_000);
});
