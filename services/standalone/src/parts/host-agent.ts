import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import path from 'node:path';

import type { Administrator } from '../administrator.js';
import { stopRank } from '../process/child-record.js';
import { type KindOfChild, runs } from '../process/left-overs.js';
import type { ChildPlan } from '../process/supervised-child.js';
import { writeAtomically } from '../process/write-atomically.js';
import { retryUntil } from '../retry-until.js';

const stop = { rank: stopRank.agent, signal: 'SIGTERM', graceMs: 5_000 } as const;
const registerWithinMs = 60_000;
const onlineWithinMs = 20_000;

/** What the agent of this host is started with. */
export interface HostAgentOptions {
  /** Its state folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly endpoint: string;
  /** Where nodes find the bus now. */
  readonly busUrls: readonly string[];
  /** Pin of the gateway's certificate authority, with TLS. */
  readonly caPin?: string;
}

/** The agent of this host: a node like any other, enrolled through the gateway with an activation. */
export class HostAgent {
  // What the bin link points to: no link and no shell in between.
  private readonly program = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@muster/agent/package.json')),
    'bin',
    'muster-agent.js',
  );

  constructor(private readonly options: HostAgentOptions) {}

  /** How one that a killed supervisor left is recognised. */
  get kind(): KindOfChild {
    const recognise = runs(this.program, this.options.folder);
    return { name: 'agent', recognise: (argv) => recognise(argv) && argv[2] === 'run', stop };
  }

  /** The id of this host as a node; undefined before it was enrolled, or when the bus is elsewhere since. */
  nodeId(): string | undefined {
    const known = this.registration();
    return known && JSON.stringify(known.busUrls) === JSON.stringify(this.options.busUrls) ? known.nodeId : undefined;
  }

  /**
   * Enrols this host. The activation is kept: a start that was killed in between goes on with it, and when the bus has
   * moved (`--listen`), the same key with the same activation is the same node and uses up no second registration.
   */
  async enrol(administrator: Administrator, signal: AbortSignal): Promise<string> {
    await this.register(await this.activation(administrator, signal), signal);
    const enrolled = this.registration();
    if (!enrolled) throw new Error(`muster-agent register left no registration in ${this.options.folder}`);
    return enrolled.nodeId;
  }

  plan(): ChildPlan {
    const { folder, env } = this.options;
    return {
      name: 'agent',
      stop,
      launch: () => ({ command: process.execPath, args: [this.program, 'run', '--state-dir', folder], env }),
      // Whether it is online is what the fleet says, asked by `online`: an agent without a bus runs and waits.
      ready: async () => undefined,
    };
  }

  /** Resolves when the fleet says that this host is online and has been heard since this agent was started. */
  async online(administrator: Administrator, nodeId: string, signal: AbortSignal): Promise<void> {
    const since = Date.now() / 1000;
    const filter = { Filters: [{ Key: 'InstanceIds', Values: [nodeId] }] };
    await retryUntil(
      `the agent of this host (${nodeId}) is not online`,
      async () => {
        const { InstanceInformationList: list } = await administrator.ssm<{
          InstanceInformationList?: { PingStatus?: string; LastPingDateTime?: number }[];
        }>('DescribeInstanceInformation', filter, signal);
        const [node] = list ?? [];
        return node?.PingStatus === 'Online' && (node.LastPingDateTime ?? 0) >= since;
      },
      { withinMs: onlineWithinMs, everyMs: 100, signal },
    );
  }

  private registration(): { nodeId: string; busUrls: string[] } | undefined {
    try {
      const text = readFileSync(path.join(this.options.folder, 'registration.json'), 'utf8');
      return JSON.parse(text) as { nodeId: string; busUrls: string[] };
    } catch {
      return undefined;
    }
  }

  private get activationFile(): string {
    return `${this.options.folder}-activation.json`;
  }

  private get codeFile(): string {
    return `${this.options.folder}-activation.code`;
  }

  private async activation(administrator: Administrator, signal: AbortSignal): Promise<Activation> {
    try {
      return JSON.parse(readFileSync(this.activationFile, 'utf8')) as Activation;
    } catch {
      // the first attempt
    }
    const activation = await administrator.ssm<Activation>(
      'CreateActivation',
      {
        Description: 'The machine that Muster runs on',
        DefaultInstanceName: hostname().slice(0, 256),
        IamRole: 'MusterManagedNode',
        RegistrationLimit: 1,
      },
      signal,
    );
    writeAtomically(this.activationFile, JSON.stringify(activation));
    return activation;
  }

  private register(activation: Activation, signal: AbortSignal): Promise<void> {
    const { folder, endpoint, env, caPin } = this.options;
    writeAtomically(this.codeFile, activation.ActivationCode);
    const args = [
      ...[this.program, 'register', '--state-dir', folder, '--url', endpoint],
      // In a file: a command line can be read by everybody on this machine.
      ...['--activation-id', activation.ActivationId, '--activation-code-file', this.codeFile],
      ...(caPin ? ['--ca-pin', caPin] : []),
    ];
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, args, {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        signal: AbortSignal.any([signal, AbortSignal.timeout(registerWithinMs)]),
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      child.once('error', reject);
      child.once('close', (code, killed) => {
        rmSync(this.codeFile, { force: true });
        if (code === 0) resolve();
        else reject(new Error(`this host could not be enrolled (${killed ?? `exit code ${code}`}): ${said.trim()}`));
      });
    });
  }
}

interface Activation {
  readonly ActivationId: string;
  readonly ActivationCode: string;
}
