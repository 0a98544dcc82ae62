import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import {
  CreateActivationCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  paginateListCommandInvocations,
  paginateListCommands,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';

import { Stack } from '../stack.js';
import { clientFor, withInvocationId } from '../client.js';

import { Agents } from './agents.js';
import { Ledger } from './ledger.js';
import { plan, type Round, type Victim } from './plan.js';
import { falsehood, type Told } from './verdict.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly agents: number;
  readonly say: (line: string) => void;
}

export interface ChaosResult {
  readonly rounds: number;
  readonly invocations: number;
  readonly kills: number;
  readonly notStarted: number;
  /** Everything that was not as told; empty when all is well. */
  readonly falsehoods: readonly string[];
}

/** How long after the last kill an invocation may take to find its end. */
const settleMs = 120_000;

/**
 * Sends commands to agents on this host while parts of Muster are killed with -9 at seeded random moments, and compares
 * what Muster tells of each invocation with what the scripts themselves wrote down.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const stack = await Stack.start({ args: ['--no-agent'] });
  const agents = new Agents(stack.home, options.agents);
  const ledger = new Ledger(stack.home);
  const ssm = clientFor(stack, SSMClient);
  const tally = { rounds: 0, invocations: 0, kills: 0, notStarted: 0, falsehoods: [] as string[] };
  let sound = false;
  const runs: Round[] = [];
  const killed: { readonly node: string; readonly during: number }[] = [];

  try {
    const activation = await ssm.send(
      new CreateActivationCommand({
        IamRole: 'chaos',
        RegistrationLimit: options.agents,
        Tags: [{ Key: 'role', Value: 'chaos' }],
      }),
    );
    await agents.register(stack.ready.endpoint, { id: activation.ActivationId!, code: activation.ActivationCode! });
    agents.run();
    await allOnline(ssm, options.agents);
    options.say(`${options.agents} agents are online; seed ${options.seed}`);

    const end = Date.now() + options.seconds * 1000;
    for (const round of plan(options.seed, options.agents)) {
      if (Date.now() >= end) break;
      runs.push(round);
      const asked = send(ssm, ledger, round);
      for (const kill of round.kills) {
        await delay(kill.afterMs);
        options.say(`round ${round.number}: kill -9 ${kill.victims.join(', ')} after ${kill.afterMs} ms`);
        if (kill.victims.includes('agent')) killed.push({ node: agents.nodes[kill.agent]!, during: round.number });
        await strike(stack, agents, kill.victims, kill.agent);
        tally.kills += kill.victims.length;
      }
      await asked;
      tally.rounds++;
    }

    const told = await allEnded(ssm, runs.length, options.agents);
    for (const round of runs) {
      const done = ledger.count(round.number);
      for (const invocation of told.get(round.number) ?? []) {
        tally.invocations++;
        const did = done.get(invocation.node) ?? { started: 0, ended: 0 };
        done.delete(invocation.node);
        // A run may still be on its way when its agent is killed in a later round.
        const agentWasKilled = killed.some(({ node, during }) => node === invocation.node && during >= round.number);
        const wrong = falsehood(round.number, invocation, did, agentWasKilled);
        if (wrong) tally.falsehoods.push(wrong);
        else if (invocation.status !== 'Success') tally.notStarted++;
      }
      for (const node of done.keys())
        tally.falsehoods.push(`run ${round.number} on ${node}: ran, and nobody tells of it`);
    }
    sound = tally.falsehoods.length === 0;
    return tally;
  } finally {
    ssm.destroy();
    await agents.stop();
    if (sound) await stack.remove();
    else await stack.down();
    if (!sound) options.say(`what is left of it lies in ${stack.home}`);
  }
}

/** However often it is asked, it is one command: every attempt carries the same invocation id, as the SDK's own retries do. */
async function send(ssm: SSMClient, ledger: Ledger, round: Round): Promise<void> {
  const invocation = randomUUID();
  await until(settleMs, `an answer to the command of round ${round.number}`, async () => {
    const command = new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      Comment: `run ${round.number}`,
      Targets: [{ Key: 'tag:role', Values: ['chaos'] }],
      Parameters: { commands: ledger.script(round.number, round.scriptMs) },
      MaxErrors: '100%',
    });
    withInvocationId(command.middlewareStack, invocation);
    await ssm.send(command);
    return true;
  });
}

async function strike(stack: Stack, agents: Agents, victims: readonly Victim[], agent: number): Promise<void> {
  for (const victim of victims) {
    if (victim === 'agent') agents.kill(agent);
    else if (victim !== 'supervisor') {
      const pid = stack.ready.pids[victim];
      if (pid) tryKill(pid);
    }
  }
  if (victims.includes('supervisor')) {
    tryKill(stack.ready.pids.supervisor!);
    await stack.down('SIGKILL');
    await stack.up();
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was dead already: killed by the round before and not yet back.
  }
}

async function allOnline(ssm: SSMClient, count: number): Promise<void> {
  await until(settleMs, `${count} agents online`, async () => {
    const { InstanceInformationList } = await ssm.send(new DescribeInstanceInformationCommand({ MaxResults: 50 }));
    return InstanceInformationList?.filter((node) => node.PingStatus === 'Online').length === count;
  });
}

/** All invocations of all runs, once every one has ended. */
async function allEnded(ssm: SSMClient, runs: number, agents: number): Promise<Map<number, Told[]>> {
  const told = new Map<number, Told[]>();
  let open = 'no answer yet';
  await until(
    settleMs,
    () => `the end of ${runs} runs (${open})`,
    async () => {
      told.clear();
      let unended = 0;
      const examples = new Set<string>();
      for await (const page of paginateListCommands({ client: ssm }, {})) {
        for (const command of page.Commands ?? []) {
          const run = Number(command.Comment?.replace('run ', ''));
          if (told.has(run)) throw new Error(`run ${run} became two commands`);
          const invocations: Told[] = [];
          for await (const list of paginateListCommandInvocations({ client: ssm }, { CommandId: command.CommandId! })) {
            for (const one of list.CommandInvocations ?? []) {
              if (['Pending', 'InProgress', 'Delayed', 'Cancelling'].includes(one.Status!)) {
                unended++;
                examples.add(`${one.Status} run ${run} ${one.CommandId} on ${one.InstanceId}`);
              }
              invocations.push({
                node: one.InstanceId!,
                status: one.Status!,
                details: one.StatusDetails!,
                output: '',
                explanation: command.CommandId!,
              });
            }
          }
          if (invocations.length !== agents) unended++;
          told.set(run, invocations);
        }
      }
      open = `${told.size} commands, ${unended} invocations open: ${[...examples].slice(0, 5).join('; ')}`;
      return told.size === runs && unended === 0;
    },
  );
  for (const [run, invocations] of told) {
    told.set(
      run,
      await Promise.all(
        invocations.map(async (one) => {
          const whole = await ssm.send(
            new GetCommandInvocationCommand({ CommandId: one.explanation, InstanceId: one.node }),
          );
          return { ...one, output: whole.StandardOutputContent ?? '', explanation: whole.StandardErrorContent ?? '' };
        }),
      ),
    );
  }
  return told;
}

/** Asks again with growing pauses, as any client has to: there is no event to wait for while the bus is being killed. */
async function until(withinMs: number, what: string | (() => string), holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + withinMs;
  let last: unknown;
  for (let pause = 100; Date.now() < end; pause = Math.min(pause * 1.5, 1000)) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
      if (error instanceof Error && error.message.includes('became two commands')) throw error;
    }
    await delay(pause);
  }
  throw new Error(`waited ${withinMs} ms for ${typeof what === 'string' ? what : what()}`, { cause: last });
}

/** A seed for a run that named none. */
export function anySeed(): number {
  return Number.parseInt(randomUUID().slice(0, 7), 16);
}
