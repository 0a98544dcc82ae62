import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import {
  GetCommandInvocationCommand,
  GetParameterCommand,
  PutParameterCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';

import { clientFor } from '../src/client.js';
import { root, Stack } from '../src/stack.js';

/** Runs `npm start` with arguments that must not lead to a running Muster. */
function refused(...args: string[]): { code: number | null; said: string } {
  const run = spawnSync(process.execPath, [path.join(root, 'scripts', 'start.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: run.status, said: run.stdout + run.stderr };
}

async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Processes of this Muster: those that the ready file named, and whoever else has its home in the command line. */
function leftOf(stack: Stack, pids: Readonly<Record<string, number>>): string[] {
  const byNumber = Object.values(pids).filter((pid) => commandLine(pid) !== '');
  const listed = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).stdout.split('\n');
  return [
    ...byNumber.map((pid) => `${pid} ${commandLine(pid)}`),
    ...listed.filter(
      (line) => line.includes(stack.home) && !line.includes('/agent/wrapper.sh') && !line.includes('/agent/work/'),
    ),
  ];
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

describe('npm start', () => {
  let stack: Stack;
  let ssm: SSMClient;

  beforeAll(async () => {
    stack = await Stack.start();
    ssm = clientFor(stack, SSMClient);
  }, 600_000);
  afterAll(async () => {
    ssm.destroy();
    await stack.remove();
  }, 60_000);

  async function run(script: string): Promise<{ CommandId: string; InstanceId: string }> {
    const InstanceId = stack.ready.nodeId!;
    const { Command } = await ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [InstanceId],
        Parameters: { commands: [script] },
      }),
    );
    return { CommandId: Command!.CommandId!, InstanceId };
  }

  async function ended(invocation: { CommandId: string; InstanceId: string }) {
    return until('the end of a command', async () => {
      const told = await ssm.send(new GetCommandInvocationCommand(invocation)).catch(() => undefined);
      return told && !['Pending', 'InProgress', 'Delayed'].includes(told.Status!) ? told : undefined;
    });
  }

  it('keeps keys and the profile for its owner alone', () => {
    for (const file of [
      'aws/config',
      'keys/root.key',
      'keys/fleet.secret',
      'keys/first-access-key.json',
      'run/children.json',
    ]) {
      expect([file, statSync(path.join(stack.home, file)).mode & 0o777]).toEqual([file, 0o600]);
    }
    expect(statSync(stack.home).mode & 0o777).toBe(0o700);
  });

  it('is refused on a folder that is in use, on a taken port and with a misspelt option, and says what to do', () => {
    const second = refused('--home', stack.home);
    expect(second).toMatchObject({ code: 1, said: expect.stringContaining(`process ${stack.ready.pids.supervisor}`) });
    expect(second.said).toContain('Next step');

    const { port } = new URL(stack.ready.endpoint);
    const taken = refused('--home', path.join(stack.home, 'other'), '--port', port);
    expect(taken).toMatchObject({ code: 1, said: expect.stringContaining(`Port ${port}`) });
    expect(taken.said).toContain(`process ${stack.ready.pids.gateway}`);

    expect(refused('--prot', port)).toMatchObject({ code: 2, said: expect.stringContaining('--help') });
    expect(refused('--help')).toMatchObject({ code: 0, said: expect.stringContaining('--no-agent') });
  });

  it.each(['gateway', 'services', 'nats', 'postgres', 'agent', 'guard'])(
    'starts %s again when it is killed, with all state',
    async (part) => {
      await ssm.send(new PutParameterCommand({ Name: `/kept/${part}`, Value: part, Type: 'String' }));
      const before = stack.ready.pids[part]!;
      process.kill(before, 'SIGKILL');
      await until(`another ${part}`, () => (![undefined, before].includes(stack.ready.pids[part]) ? true : undefined));

      const kept = await until('an answer', () =>
        ssm.send(new GetParameterCommand({ Name: `/kept/${part}` })).catch(() => undefined),
      );
      expect(kept.Parameter!.Value).toBe(part);
      expect(await ended(await run(`echo after ${part}`))).toMatchObject({
        Status: 'Success',
        StandardOutputContent: `after ${part}\n`,
      });
    },
    120_000,
  );

  it('killed with -9 leaves nothing but the script that runs; the next start adopts it', async () => {
    const story = path.join(stack.home, 'story');
    const invocation = await run(
      `echo begin >> ${story}; while [ ! -e ${story}.go ]; do sleep 0.1; done; echo end | tee -a ${story}`,
    );
    await until('the script runs', () => (existsSync(story) ? true : undefined));

    const pids = stack.ready.pids;
    process.kill(pids.supervisor!, 'SIGKILL');
    await stack.down('SIGKILL');
    await until('nothing is left', () => (leftOf(stack, pids).length === 0 ? true : undefined));

    await stack.up();
    ssm.destroy();
    ssm = clientFor(stack, SSMClient);
    spawnSync('touch', [`${story}.go`]);
    expect(await ended(invocation)).toMatchObject({ Status: 'Success', StandardOutputContent: 'end\n' });
    expect(readFileSync(story, 'utf8')).toBe('begin\nend\n');
  }, 180_000);

  it('ends the left-overs itself when its guard was killed too', async () => {
    const { pids } = stack.ready;
    process.kill(pids.guard!, 'SIGSTOP'); // so that it cannot be replaced before the supervisor is gone, nor do its work
    process.kill(pids.supervisor!, 'SIGKILL');
    await stack.down('SIGKILL');
    process.kill(pids.guard!, 'SIGKILL');
    expect(commandLine(pids.nats!)).not.toBe('');

    await stack.up();
    expect(stack.log()).toMatch(/ending what the run before left: .*nats \(\d+\)/);
    for (const [part, pid] of Object.entries(pids)) expect([part, commandLine(pid)]).toEqual([part, '']);
    ssm.destroy();
    ssm = clientFor(stack, SSMClient);
    expect(await ended(await run('echo again'))).toMatchObject({ Status: 'Success' });
  }, 180_000);

  it('ends at Ctrl-C with everything that it started', async () => {
    const { pids } = stack.ready;
    await stack.down('SIGINT');
    expect(leftOf(stack, pids)).toEqual([]);
    expect(existsSync(stack.readyFile)).toBe(false);
  }, 60_000);
});
