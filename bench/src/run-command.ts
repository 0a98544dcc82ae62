import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import {
  CreateActivationCommand,
  DescribeInstanceInformationCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { Agents, clientFor, Stack } from '@muster/e2e';

import { machine, median, table } from './figures.js';

/** One command to agents on this host, from SendCommand's answer until its results can be read, beside bare processes. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { agents: { type: 'string', default: '20' }, rounds: { type: 'string', default: '5' } },
  });
  const [count, rounds] = [Number(values.agents), Number(values.rounds)];
  console.log(`run-command: ${count} agents, ${rounds} rounds, MaxConcurrency 100%; ${machine()}`);

  const stack = await Stack.start({ args: ['--no-agent'] });
  const agents = new Agents(stack.home, count);
  const ssm = clientFor(stack, SSMClient);
  try {
    const activation = await ssm.send(
      new CreateActivationCommand({
        IamRole: 'bench',
        RegistrationLimit: count,
        Tags: [{ Key: 'role', Value: 'bench' }],
      }),
    );
    await agents.register(stack.ready.endpoint, { id: activation.ActivationId!, code: activation.ActivationCode! });
    agents.run();
    await allOnline(ssm, count);

    const seen: Seen[] = [];
    const spawned: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const result = await oneCommand(ssm, count);
      const bare = await spawnAll(count);
      if (round === 0) continue; // the first one only warms up
      seen.push(result);
      spawned.push(bare);
    }
    const [answered, first, last, bare] = [
      median(seen.map((each) => each.answeredMs)),
      median(seen.map((each) => each.firstMs)),
      median(seen.map((each) => each.lastMs)),
      median(spawned),
    ];
    table([
      ['medians, in ms', 'ms', 'bare processes take'],
      ['SendCommand answered', answered.toFixed(0), ''],
      ['first result visible, from the answer', first.toFixed(0), ''],
      ['last result visible, from the answer', last.toFixed(0), `${(bare / last).toFixed(2)} of it`],
      [`${count} bare sh processes at once, to the last exit`, bare.toFixed(0), ''],
    ]);
  } finally {
    ssm.destroy();
    await agents.stop();
    await stack.remove();
  }
}

interface Seen {
  readonly answeredMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

async function oneCommand(ssm: SSMClient, count: number): Promise<Seen> {
  const asked = performance.now();
  const sent = await ssm.send(
    new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      Targets: [{ Key: 'tag:role', Values: ['bench'] }],
      Parameters: { commands: ['true'] },
      MaxConcurrency: '100%',
    }),
  );
  const answered = performance.now();
  let firstMs: number | undefined;
  for (;;) {
    const { Commands } = await ssm.send(new ListCommandsCommand({ CommandId: sent.Command!.CommandId! }));
    const command = Commands![0]!;
    const now = performance.now() - answered;
    if ((command.CompletedCount ?? 0) > 0) firstMs ??= now;
    if (!['Pending', 'InProgress'].includes(command.Status!)) {
      if (command.Status !== 'Success' || command.CompletedCount !== count) {
        throw new Error(`the command ended as ${command.Status}, with ${command.CompletedCount} results of ${count}`);
      }
      return { answeredMs: answered - asked, firstMs: firstMs ?? now, lastMs: now };
    }
    await delay(10); // to look oftener would take the processor from the agents
  }
}

async function spawnAll(count: number): Promise<number> {
  const started = performance.now();
  await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          spawn('sh', ['-c', 'true'], { stdio: 'ignore' }).once('exit', resolve).once('error', reject);
        }),
    ),
  );
  return performance.now() - started;
}

async function allOnline(ssm: SSMClient, count: number): Promise<void> {
  const end = performance.now() + 120_000;
  for (;;) {
    const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 50 }));
    const online = InstanceInformationList.filter((each) => each.PingStatus === 'Online').length;
    if (online >= Math.min(count, 50)) return;
    if (performance.now() > end) throw new Error(`${online} of ${count} agents came online within two minutes`);
    await delay(200);
  }
}
