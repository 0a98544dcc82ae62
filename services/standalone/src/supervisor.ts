import { mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { setUpBus } from '@muster/bus';
import type { Environment } from '@muster/config';
import {
  type Deployment,
  type ServerCertificate,
  createDeployment,
  dropStaleLock,
  ensureNatsServer,
  ensureServerCertificate,
  lastNatsVersion,
  postgresFolder,
  preparePostgres,
  schemaOwners,
  serviceEnvironment,
  setUpDatabase,
} from '@muster/embedded';

import { Administrator } from './administrator.js';
import { childEnvironment } from './child-environment.js';
import type { Home } from './home.js';
import { type Listening, hostAndPort, listeningOn } from './listening.js';
import type { Options } from './options.js';
import { HostAgent } from './parts/host-agent.js';
import { brokerChild, databaseChild, kindsOfServer } from './parts/servers.js';
import { kindOfServiceProcess, serviceProcesses } from './parts/service-processes.js';
import { type Ports, settlePorts } from './ports.js';
import { ChildJournal } from './process/child-journal.js';
import { Children } from './process/children.js';
import { GuardLink } from './process/guard-link.js';
import { endLeftOvers } from './process/left-overs.js';
import { writeAtomically } from './process/write-atomically.js';
import { awsConfig, shellLine, winningVariables } from './profile.js';
import { ReadyFile } from './ready-file.js';
import { repository } from './repository.js';
import { retryUntil } from './retry-until.js';
import { checkSandbox } from './sandbox-home.js';
import type { Terminal } from './terminal.js';

const firstAccount = '123456789012';
const database = 'muster';

/** How a running Muster is reached. */
export interface Reached {
  /** To be pasted into a shell of this machine. */
  readonly shellLine: string;
  /** The key that everybody knows, when this is a sandbox. */
  readonly sandbox?: { readonly endpoint: string; readonly accessKeyId: string; readonly secretAccessKey: string };
  /** From other machines, with `--listen`. */
  readonly elsewhere?: { readonly urls: readonly string[]; readonly caPin: string; readonly caFile: string };
}

/** Runs the embedded shape of Muster on one data folder: starts it part by part, keeps it running, ends it in order. */
export class Supervisor {
  private readonly journal: ChildJournal;
  private readonly guard: GuardLink;
  private readonly children: Children;
  private readonly readyFile: ReadyFile;
  private readonly ending = new AbortController();

  constructor(
    private readonly home: Home,
    private readonly options: Options,
    private readonly env: Environment,
    private readonly terminal: Terminal,
  ) {
    mkdirSync(path.dirname(home.log('guard')), { recursive: true, mode: 0o700 });
    this.journal = new ChildJournal(home.journal);
    this.guard = new GuardLink(openSync(home.log('guard'), 'a', 0o600), (guard) => {
      this.journal.record(guard);
      this.readyFile.update(this.pids());
    });
    this.children = new Children({
      journal: this.journal,
      guard: this.guard,
      logFile: (name) => home.log(name),
      problem: (line) => terminal.problem(line),
      changed: () => this.readyFile.update(this.pids()),
    });
    this.readyFile = new ReadyFile([home.ready, ...(options.readyFile ? [options.readyFile] : [])]);
  }

  /** Starts everything. @returns how it is reached */
  async start(): Promise<Reached> {
    const { terminal, home } = this;
    await endLeftOvers(this.journal.all(), this.kinds(), (line) => terminal.progress(line));
    this.guard.start();

    const ports = await settlePorts(home.ports, this.options);
    const listening = listeningOn(this.options.listen);
    checkSandbox(home, this.options);
    const deployment = createDeployment(home.folder, { accountId: firstAccount, sandbox: this.options.sandbox });
    const certificate = listening.tls
      ? await ensureServerCertificate(home.folder, [
          ...new Set([listening.local, '127.0.0.1', ...listening.public, 'localhost']),
        ] as [string])
      : undefined;
    const access = this.access(deployment, ports, listening, certificate);
    const administrator = new Administrator(access);

    await this.startServices(deployment, ports, listening, certificate);
    await terminal.step('everything answers', () =>
      retryUntil('the gateway is not ready', () => administrator.ready(this.ending.signal), {
        withinMs: 30_000,
        everyMs: 50,
        signal: this.ending.signal,
      }),
    );
    const nodeId = this.options.agent
      ? await this.startAgent(administrator, access.endpoint, publicNatsUrls(ports, listening), certificate)
      : undefined;

    writeAtomically(home.awsConfig, awsConfig({ ...access, caFile: certificate?.caFile }));
    const line = shellLine({
      endpoint: access.endpoint,
      configFile: home.awsConfig,
      binFolder: path.join(repository, 'node_modules', '.bin'),
      caFile: certificate?.caFile,
      elsewhere: winningVariables(this.env, listening.tls),
    });
    this.readyFile.ready(
      {
        endpoint: access.endpoint,
        region: access.region,
        awsConfigFile: home.awsConfig,
        shellLine: line,
        ...(certificate ? { caPin: certificate.pin } : {}),
        ...(nodeId ? { nodeId } : {}),
        ...(deployment.firstAccessKey.sandbox ? { sandbox: true } : {}),
        natsUrl: this.natsUrl(ports, listening),
        ports,
      },
      this.pids(),
    );
    const { endpoint, accessKeyId, secretAccessKey } = access;
    return {
      shellLine: line,
      ...(deployment.firstAccessKey.sandbox ? { sandbox: { endpoint, accessKeyId, secretAccessKey } } : {}),
      ...(certificate
        ? {
            elsewhere: {
              urls: listening.public.map((host) => `https://${hostAndPort(host, ports.gateway)}`),
              caPin: certificate.pin,
              caFile: certificate.caFile,
            },
          }
        : {}),
    };
  }

  /** Ends everything in order. Safe at any moment of the start. @param hurry when aborted, nobody is waited for */
  async stop(hurry: AbortSignal): Promise<void> {
    this.ending.abort(new Error('Muster is ending'));
    this.readyFile.remove();
    await this.children.stop(hurry, (child, outcome) => {
      this.terminal.progress(`${child.name} ${outcome === 'ended' ? 'ended' : 'did not end in time and was killed'}`);
    });
    await this.guard.release();
    for (const child of this.journal.all()) this.journal.forget(child);
  }

  private async startServices(
    deployment: Deployment,
    ports: Ports,
    listening: Listening,
    certificate: ServerCertificate | undefined,
  ): Promise<void> {
    const { terminal, home } = this;
    const tls = certificate && { certificateFile: certificate.certificateFile, keyFile: certificate.keyFile };
    const natsUrl = this.natsUrl(ports, listening);
    const env = {
      ...childEnvironment(this.env),
      ...serviceEnvironment(deployment, {
        natsUrl,
        publicNatsUrls: publicNatsUrls(ports, listening),
        caFile: certificate?.caFile,
        databaseUrl: `postgres://127.0.0.1:${ports.postgres}/${database}`,
        gateway: { host: listening.host, port: ports.gateway, tls },
        regions: this.regions(),
      }),
    };
    const foundation = Promise.all([
      terminal.step('the bus is up', () => this.startBus(deployment, ports, listening, certificate)),
      terminal.step('the database is up', () => this.startDatabase(deployment, ports)),
    ]);
    await Promise.all([
      foundation,
      ...serviceProcesses({ home: home.folder, split: this.options.split, env, foundation }).map((plan) =>
        terminal.step(`${plan.name} started`, () => this.children.start(plan)),
      ),
    ]);
  }

  private async startBus(
    deployment: Deployment,
    ports: Ports,
    listening: Listening,
    certificate: ServerCertificate | undefined,
  ): Promise<void> {
    const folder = this.home.at('nats');
    const server = await ensureNatsServer({
      cacheDir: path.join(repository, '.cache', 'nats-server'),
      log: (line) => this.terminal.progress(line),
      env: this.env,
      notOlderThan: lastNatsVersion(folder),
    });
    const { child, url } = brokerChild({
      server,
      folder,
      port: ports.nats,
      host: listening.host,
      ...(certificate ? { tls: certificate } : {}),
      operatorJwt: deployment.operatorJwt,
      accounts: deployment.accounts,
    });
    await this.children.start(child);
    await setUpBus(
      {
        servers: [url],
        credsFile: deployment.credsFiles['setup']!,
        caFile: certificate?.caFile,
        note: (line) => this.terminal.progress(line),
      },
      this.ending.signal,
    );
  }

  private async startDatabase(deployment: Deployment, ports: Ports): Promise<void> {
    const prepared = await preparePostgres({
      home: this.home.folder,
      password: deployment.databasePasswords['superuser']!,
      log: (line) => this.terminal.progress(line),
      env: this.env,
    });
    dropStaleLock(prepared.dataFolder);
    const { child, adminUrl } = databaseChild(prepared, { port: ports.postgres });
    await this.children.start(child);
    await setUpDatabase({ adminUrl, database, services: schemaOwners, passwords: deployment.databasePasswords });
  }

  private async startAgent(
    administrator: Administrator,
    endpoint: string,
    busUrls: readonly string[],
    certificate: ServerCertificate | undefined,
  ): Promise<string> {
    const { terminal } = this;
    const agent = this.agent(endpoint, busUrls, certificate);
    const nodeId =
      agent.nodeId() ??
      (await terminal.step('this host is enrolled', () => agent.enrol(administrator, this.ending.signal)));
    await this.children.start(agent.plan());
    // Everything else works without it, and it goes on trying.
    await terminal
      .step(`the agent of this host is online: ${nodeId}`, () =>
        agent.online(administrator, nodeId, this.ending.signal),
      )
      .catch((error: unknown) => {
        this.ending.signal.throwIfAborted();
        terminal.problem(`${(error as Error).message}; it goes on trying (${this.home.log('agent')})`);
      });
    return nodeId;
  }

  private agent(endpoint: string, busUrls: readonly string[], certificate?: ServerCertificate): HostAgent {
    return new HostAgent({
      folder: this.home.agent,
      env: childEnvironment(this.env),
      endpoint,
      busUrls,
      ...(certificate ? { caPin: certificate.pin } : {}),
    });
  }

  private access(
    deployment: Deployment,
    ports: Ports,
    listening: Listening,
    certificate: ServerCertificate | undefined,
  ) {
    const { accessKeyId, secretAccessKey } = deployment.firstAccessKey;
    return {
      endpoint: `${listening.tls ? 'https' : 'http'}://${hostAndPort(listening.local, ports.gateway)}`,
      region: this.regions()?.[0] ?? 'us-east-1',
      accessKeyId,
      secretAccessKey,
      ...(certificate ? { ca: readFileSync(certificate.caFile, 'utf8') } : {}),
    };
  }

  private natsUrl(ports: Ports, listening: Listening): string {
    return `${scheme(listening)}://${hostAndPort(listening.local, ports.nats)}`;
  }

  private regions(): string[] | undefined {
    return this.env['MUSTER_REGIONS']?.split(',').map((region) => region.trim());
  }

  private kinds() {
    return [
      this.agent('', []).kind,
      kindOfServiceProcess(this.home.folder),
      ...kindsOfServer({ nats: this.home.at('nats'), postgresData: postgresData(this.home) }),
    ];
  }

  private pids(): Record<string, number> {
    return Object.fromEntries([
      ['supervisor', process.pid],
      ...(this.guard.pid === undefined ? [] : [['guard', this.guard.pid]]),
      ...this.children.running().map(({ name, identity }) => [name, identity.pid]),
    ]) as Record<string, number>;
  }
}

/** Where nodes and subscribers find the bus. */
function publicNatsUrls(ports: Ports, listening: Listening): string[] {
  return listening.public.map((host) => `${scheme(listening)}://${hostAndPort(host, ports.nats)}`);
}

function scheme(listening: Listening): string {
  return listening.tls ? 'tls' : 'nats';
}

/** Where the cluster of this data folder is, when there is one. */
function postgresData(home: Home): string | undefined {
  const folder = postgresFolder(home.folder);
  return folder && path.join(folder, 'data');
}
