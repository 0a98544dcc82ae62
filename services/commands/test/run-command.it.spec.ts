import { StatusReport_Outcome as Outcome } from '@muster/contracts';
import { expectSchemaFile, type TestNode } from '@muster/testing';

import { CommandsWorld } from './commands-world.js';

const world = new CommandsWorld();

async function send(nodes: TestNode[], more: object = {}): Promise<string> {
  const answer = await world.ssm('SendCommand', {
    DocumentName: 'AWS-RunShellScript',
    InstanceIds: nodes.map((node) => node.id),
    Parameters: { commands: ['date'] },
    ...more,
  });
  return answer['Command'].CommandId as string;
}

/** Waits for the event, then asks. */
async function ended(commandId: string, node: TestNode) {
  await world.events.next(
    ({ type, data }) =>
      type === 'muster.commands.invocation-status-changed' &&
      data['command-id'] === commandId &&
      data['instance-id'] === node.id &&
      ['Success', 'Failed', 'TimedOut', 'Cancelled'].includes(data['status'] as string),
  );
  return world.ssm('GetCommandInvocation', { CommandId: commandId, InstanceId: node.id });
}

describe('a command', () => {
  it('is visible at once, runs, and tells what its script wrote', async () => {
    const node = await world.node();
    const answer = await world.ssm('SendCommand', {
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [node.id],
      Parameters: { commands: ['echo hi'] },
      Comment: 'greeting',
    });
    const { CommandId: id } = answer['Command'];
    expect(answer['Command']).toMatchObject({
      Status: 'Pending',
      DocumentName: 'AWS-RunShellScript',
      DocumentVersion: '$DEFAULT',
      Comment: 'greeting',
      MaxConcurrency: '50',
      MaxErrors: '0',
      TargetCount: 1,
      CompletedCount: 0,
      ErrorCount: 0,
      DeliveryTimedOutCount: 0,
      TimeoutSeconds: 3600,
      InstanceIds: [node.id],
    });
    // ExpiresAfter is the request, the delivery time-out and the execution time-out together.
    expect(answer['Command'].ExpiresAfter - answer['Command'].RequestedDateTime).toBeCloseTo(7200, 1);
    await expect(world.ssm('GetCommandInvocation', { CommandId: id, InstanceId: node.id })).resolves.toMatchObject({
      ResponseCode: -1,
      PluginName: 'aws:runShellScript',
      StandardOutputContent: '',
      ExecutionStartDateTime: '',
    });

    const invoke = await node.next('invoke');
    expect(invoke.content).toMatchObject({ case: 'invoke', value: { commandId: id, account: world.account.account } });
    expect(invoke.traceparent).toMatch(/^00-/);
    await node.started(invoke.invocationId);
    await node.finished(invoke.invocationId, { stdout: 'hi\n' });

    const invocation = await ended(id, node);
    expect(invocation).toMatchObject({
      Status: 'Success',
      StatusDetails: 'Success',
      ResponseCode: 0,
      StandardOutputContent: 'hi\n',
      StandardErrorContent: '',
      PluginName: 'aws:runShellScript',
    });
    expect(invocation['ExecutionStartDateTime']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(invocation['ExecutionElapsedTime']).toBe('PT0.02S');
    // After the commit the node may forget.
    expect((await node.next('settled')).invocationId).toBe(invoke.invocationId);
    await expect(world.ssm('ListCommands', { CommandId: id })).resolves.toMatchObject({
      Commands: [{ Status: 'Success', StatusDetails: 'Success', TargetCount: 1, CompletedCount: 1 }],
    });
  });

  it('announces each change of status once', async () => {
    const node = await world.node();
    const id = await send([node]);
    const { invocationId } = await node.next('invoke');
    await node.finished(invocationId, { outcome: Outcome.FAILED, exitCode: 4 });
    await ended(id, node);
    await world.events.next(
      ({ type, data }) =>
        type.endsWith('command-status-changed') && data['command-id'] === id && data['status'] === 'Failed',
    );

    const told = world.events.all.filter(({ data }) => data['command-id'] === id);
    expect(new Set(told.map((event) => event.id)).size).toBe(told.length);
    expect(told.filter(({ type }) => type.endsWith('invocation-status-changed')).at(-1)).toMatchObject({
      source: `/${world.account.account}/us-east-1/commands`,
      subject: `arn:aws:ssm:us-east-1:${world.account.account}:managed-instance/${node.id}`,
      data: { 'instance-id': node.id, 'document-name': 'AWS-RunShellScript', status: 'Failed' },
    });
    const statuses = told
      .filter(({ type }) => type.endsWith('.command-status-changed'))
      .map(({ data }) => data['status']);
    expect(statuses[0]).toBe('Pending');
    expect(new Set(statuses).size).toBe(statuses.length);
  });

  it('waits for a node that is not connected, and goes to it when it says hello', async () => {
    const node = await world.node({}, false);
    const id = await send([node]);
    await world.events.next(({ data }) => data['command-id'] === id && data['status'] === 'Delayed');
    await node.connect();
    await world.registry.announceConnected(node);
    const { invocationId } = await node.next('invoke');
    await node.finished(invocationId, { stdout: 'late' });
    await expect(ended(id, node)).resolves.toMatchObject({ Status: 'Success', StandardOutputContent: 'late' });
  });

  it('is sent again with the same id when the acknowledgement got lost', async () => {
    const node = await world.node();
    let asked = 0;
    node.onInvoke = () => (asked++ === 0 ? 'silence' : { verdict: 1 });
    const id = await send([node]);
    const first = await node.next('invoke');
    await world.sql(`UPDATE invocation SET due_at = now() WHERE command_id = $1`, [id]);
    const second = await node.next('invoke');
    expect(second.invocationId).toBe(first.invocationId);
    await world.events.next(({ data }) => data['command-id'] === id && data['status'] === 'InProgress');
    await node.finished(second.invocationId);
    await expect(ended(id, node)).resolves.toMatchObject({ Status: 'Success' });
  });

  it('believes a report that comes before the acknowledgement', async () => {
    const node = await world.node();
    node.onInvoke = () => 'silence';
    const id = await send([node]);
    const { invocationId } = await node.next('invoke');
    await node.finished(invocationId, { stdout: 'quick' });
    await expect(ended(id, node)).resolves.toMatchObject({ Status: 'Success', StandardOutputContent: 'quick' });
  });

  it('takes the same report twice and settles it twice', async () => {
    const node = await world.node();
    const id = await send([node]);
    const { invocationId } = await node.next('invoke');
    await node.finished(invocationId, { stdout: 'a' });
    await node.next('settled');
    await node.finished(invocationId, { stdout: 'b' });
    await node.next('settled');
    await expect(ended(id, node)).resolves.toMatchObject({ StandardOutputContent: 'a' });
    const finals = world.events.all.filter(
      ({ data }) => data['command-id'] === id && data['instance-id'] === node.id && data['status'] === 'Success',
    );
    expect(finals).toHaveLength(1);
  });

  it('settles what it never heard of', async () => {
    const node = await world.node();
    const unknown = '00000000-0000-7000-8000-000000000000';
    await node.finished(unknown);
    expect((await node.next('settled')).invocationId).toBe(unknown);
  });

  it('does not listen to a node about the invocation of another', async () => {
    const [node, hostile] = [await world.node(), await world.node()];
    const id = await send([node]);
    const { invocationId } = await node.next('invoke');
    await hostile.finished(invocationId, { outcome: Outcome.FAILED, exitCode: 66 });
    await hostile.output(invocationId, 0, Buffer.from('forged'));
    await node.finished(invocationId, { stdout: 'true' });
    await expect(ended(id, node)).resolves.toMatchObject({ Status: 'Success', StandardOutputContent: 'true' });
    const audited = await world.sql(`SELECT subject FROM dead_letter WHERE subject LIKE $1`, [`fleet.${hostile.id}.%`]);
    expect(audited.map((row) => row['subject'])).toContain(`fleet.${hostile.id}.status`);
    expect(hostile.count('settled')).toBe(0);
  });

  it('keeps beside its end what a node reports that was given up', async () => {
    const node = await world.node();
    const id = await send([node]);
    const { invocationId } = await node.next('invoke');
    await world.events.next(
      ({ data }) => data['command-id'] === id && data['status'] === 'InProgress' && data['instance-id'] === node.id,
    );
    await world.sql(`UPDATE command SET expires_at = now() - interval '1 day' WHERE id = $1`, [id]);
    await expect(ended(id, node)).resolves.toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut' });

    await node.finished(invocationId, { stdout: 'done' });
    const corrected = await world.events.next(
      ({ type, data }) => type === 'muster.commands.invocation-corrected' && data['command-id'] === id,
    );
    expect(corrected.data).toMatchObject({
      status: 'TimedOut',
      'observed-status': 'Success',
      'observed-response-code': 0,
    });
    await expect(world.ssm('GetCommandInvocation', { CommandId: id, InstanceId: node.id })).resolves.toMatchObject({
      Status: 'TimedOut',
      StandardOutputContent: 'done',
      StandardErrorContent: expect.stringContaining('reported later: Success, exit code 0'),
    });
    await node.next('settled');
  });

  it.each([
    [Outcome.NOT_STARTED, 'Failed', 'did not run'],
    [Outcome.TOO_LATE, 'TimedOut', 'did not run'],
  ])('says so when a script did not run (outcome %s)', async (outcome, status, words) => {
    const node = await world.node();
    const id = await send([node]);
    const { invocationId } = await node.next('invoke');
    await node.finished(invocationId, { outcome });
    await expect(ended(id, node)).resolves.toMatchObject({
      Status: status,
      ResponseCode: -1,
      StandardErrorContent: expect.stringContaining(words),
    });
  });
});

describe('targets', () => {
  it('are found by tags; nodes that lack one are left alone', async () => {
    const tags = { role: `web-${Date.now()}`, stage: 'prod' };
    const [one, two, other] = [await world.node(tags), await world.node(tags), await world.node({ role: tags.role })];
    const { Command: command } = await world.ssm('SendCommand', {
      DocumentName: 'AWS-RunShellScript',
      Targets: [
        { Key: 'tag:role', Values: [tags.role] },
        { Key: 'tag-key', Values: ['stage'] },
      ],
      Parameters: { commands: ['date'] },
    });
    expect(command.TargetCount).toBe(2);
    await Promise.all([one.next('invoke'), two.next('invoke')]);
    expect(other.count('invoke')).toBe(0);
  });

  it('that match nothing end the command at once, without an error', async () => {
    const { Command: command } = await world.ssm('SendCommand', {
      DocumentName: 'AWS-RunShellScript',
      Targets: [{ Key: 'tag:role', Values: ['nobody'] }],
      Parameters: { commands: ['date'] },
    });
    expect(command).toMatchObject({ Status: 'Success', StatusDetails: 'NoInstancesInTag', TargetCount: 0 });
  });

  it('of more than one page are all reached', async () => {
    const nodes = await Promise.all(Array.from({ length: 4 }, () => world.node({ paged: 'yes' })));
    const { Command: command } = await world.ssm('SendCommand', {
      DocumentName: 'AWS-RunShellScript',
      Targets: [{ Key: 'tag:paged', Values: ['yes'] }],
      Parameters: { commands: ['date'] },
    });
    expect(command.TargetCount).toBe(4);
    await Promise.all(nodes.map((node) => node.next('invoke')));
    const pages = [];
    for (let token: string | undefined, more = true; more;) {
      const page = await world.ssm('ListCommandInvocations', {
        CommandId: command.CommandId,
        MaxResults: 3,
        ...(token ? { NextToken: token } : {}),
      });
      pages.push(page['CommandInvocations'].map((each: { InstanceId: string }) => each.InstanceId));
      token = page['NextToken'];
      more = token !== undefined;
    }
    expect(pages.map((page) => page.length)).toEqual([3, 1]);
    expect(pages.flat().sort()).toEqual(nodes.map((node) => node.id).sort());
  });
});

describe('what is refused', () => {
  const shell = { DocumentName: 'AWS-RunShellScript', Parameters: { commands: ['date'] } };
  const nobody = 'mi-00000000000000000';

  it.each([
    ['an unknown document', { ...shell, DocumentName: 'No-SuchDocument', InstanceIds: [nobody] }, 'InvalidDocument'],
    ['an unknown version', { ...shell, DocumentVersion: '7', InstanceIds: [nobody] }, 'InvalidDocumentVersion'],
    ['a node that is not registered', { ...shell, InstanceIds: [nobody] }, 'InvalidInstanceId'],
    ['a node twice', { ...shell, InstanceIds: [nobody, nobody] }, 'DuplicateInstanceId'],
    ['no target', shell, 'InvalidTarget'],
    ['a missing parameter', { ...shell, Parameters: {}, InstanceIds: [nobody] }, 'InvalidParameters'],
    [
      "a parameter's value, which nobody would put there",
      { ...shell, Parameters: { commands: ['echo {{ssm:/db/host}}'] }, InstanceIds: [nobody] },
      'InvalidParameters',
    ],
    ['a short time-out', { ...shell, TimeoutSeconds: 29, InstanceIds: [nobody] }, 'ValidationException'],
    ['no concurrency', { ...shell, MaxConcurrency: '0', InstanceIds: [nobody] }, 'ValidationException'],
    [
      'a bucket, which nobody would fill',
      { ...shell, OutputS3BucketName: 'mine', InstanceIds: [nobody] },
      'ValidationException',
    ],
    ['a role', { ...shell, ServiceRoleArn: 'arn:aws:iam::123456789012:role/r', InstanceIds: [nobody] }, 'InvalidRole'],
  ])('%s', async (_what, input, code) => {
    await expect(world.ssm('SendCommand', input)).rejects.toMatchObject({ code, status: 400 });
  });

  it('a caller who may not act on one of the nodes: then nothing is sent to any', async () => {
    const nodes = [await world.node({ guarded: 'yes' }), await world.node({ guarded: 'yes' })];
    const input = { ...shell, Targets: [{ Key: 'tag:guarded', Values: ['yes'] }] };
    const caller = world.account.user(
      'no-production',
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Action: 'ssm:SendCommand',
            Resource: `arn:aws:ssm:*:*:managed-instance/${nodes[1]!.id}`,
          },
        ],
      },
    );
    await expect(world.ssm('SendCommand', input, { caller })).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    const left = await world.sql(`SELECT 1 FROM invocation WHERE node_id = ANY($1)`, [nodes.map((node) => node.id)]);
    expect(left).toEqual([]);
  });

  it('ids of commands that are none', async () => {
    const unknown = '00000000-0000-7000-8000-000000000000';
    await expect(world.ssm('ListCommands', { CommandId: unknown })).rejects.toMatchObject({ code: 'InvalidCommandId' });
    await expect(world.ssm('CancelCommand', { CommandId: unknown })).rejects.toMatchObject({
      code: 'InvalidCommandId',
    });
    await expect(world.ssm('ListCommandInvocations', { CommandId: unknown })).resolves.toEqual({
      CommandInvocations: [],
    });
    await expect(world.ssm('GetCommandInvocation', { CommandId: unknown, InstanceId: nobody })).rejects.toMatchObject({
      code: 'InvocationDoesNotExist',
    });
  });

  it('a plugin that the document does not have', async () => {
    const node = await world.node();
    const id = await send([node]);
    const asked = (PluginName: string) =>
      world.ssm('GetCommandInvocation', { CommandId: id, InstanceId: node.id, PluginName });
    await expect(asked('aws:other')).rejects.toMatchObject({ code: 'InvalidPluginName' });
    await expect(asked('aws:runShellScript')).resolves.toMatchObject({ PluginName: 'aws:runShellScript' });
  });
});

describe('a call that is made again', () => {
  it('with the same invocation id makes one command', async () => {
    const node = await world.node();
    const input = { DocumentName: 'AWS-RunShellScript', InstanceIds: [node.id], Parameters: { commands: ['date'] } };
    const how = { invocationId: 'f3b1c1c0-0000-4000-8000-000000000001' };
    const first = await world.ssm('SendCommand', input, how);
    const again = await world.ssm('SendCommand', input, how);
    expect(again).toEqual(first);
    const { Commands: commands } = await world.ssm('ListCommands', { InstanceId: node.id });
    expect(commands).toHaveLength(1);
  });
});

it('schema.sql says what the migrations make', async () => {
  await expectSchemaFile(world.databaseUrl, 'commands', new URL('../schema.sql', import.meta.url));
});
