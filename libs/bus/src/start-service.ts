import type { Environment } from '@muster/config';
import { type Clock, type Persistence, SystemClock, openPersistence } from '@muster/persistence';
import { inService, log, nestLogger, startTelemetry } from '@muster/telemetry';
import type { INestMicroservice, Type } from '@nestjs/common';
import { DiscoveryService, NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';

import { BusAuthority } from './bus-authority.js';
import { BusConnection } from './bus-connection.js';
import { BusEncryptionKeys } from './bus-encryption-keys.js';
import { BusTransport } from './bus-transport.js';
import { CallMac } from './call-mac.js';
import { readServiceConfig } from './common-config.js';
import { type Marked, sortDoors } from './marked-doors.js';
import { MARK, type Mark } from './marks.js';
import { NatsBus } from './nats-bus.js';
import { NatsFleet } from './nats-fleet.js';
import { type ServiceOptions, serviceOptions } from './service.js';
import { type Surroundings, rootOf } from './surroundings-module.js';
import { SweepWaker } from './sweep-waker.js';

/** A class (abstract, or made by us alone) or symbol under which something is provided. */
export type Provided<T> = Type<T> | (abstract new (...args: never[]) => T) | { readonly prototype: T } | symbol;

/** A service that answers. */
export interface RunningService {
  readonly name: string;
  /** A provider of its module. */
  get<T>(token: Provided<T>): T;
  /** A real round trip to the bus and, where there is one, the database. @throws when one of them is away */
  ready(): Promise<void>;
  /** Takes nothing new, finishes what was taken, lets go of everything. */
  close(): Promise<void>;
}

/** How a service is started. */
export interface StartOptions {
  readonly env: Environment;
  /** Gives up a start that still waits. */
  readonly signal?: AbortSignal;
  /** The machine's, unless told otherwise. */
  readonly clock?: Clock;
}

/**
 * Starts the service of a module that is marked with `@Service`: reads its configuration, migrates its schema, connects,
 * builds the module and opens its doors. Waits for a bus or a database that is not there yet.
 * @throws BadConfig, BadDoors, or what went wrong; nothing is left open then
 */
export async function startService(module: Type, how: StartOptions): Promise<RunningService> {
  const options = serviceOptions(module);
  return inService(options.name, () => start(module, options, how));
}

async function start(
  module: Type,
  options: ServiceOptions,
  { env, signal, clock }: StartOptions,
): Promise<RunningService> {
  const config = readServiceConfig(options, env);
  const opened = new Opened();
  try {
    const telemetry = await startTelemetry({ service: options.name, env });
    opened.push(() => telemetry.stop());
    const persistence = await openDatabase(options, config.service, signal, clock);
    if (persistence) opened.push(() => persistence.close());
    const core = await connect(options.name, config.service.natsCredsFile, config.shared, opened, signal);
    const fleet = options.fleet
      ? await connect(`${options.name}-fleet`, config.service.fleetCredsFile!, config.shared, opened, signal)
      : undefined;

    const bus = new NatsBus(core);
    const authority = new BusAuthority(bus, persistence?.clock ?? new SystemClock());
    const encryptionKeys = new BusEncryptionKeys(bus, authority);
    opened.push(() => Promise.resolve(encryptionKeys.close()));
    const around: Surroundings & { authority: BusAuthority } = {
      core,
      bus,
      fleet: fleet && new NatsFleet(fleet),
      persistence,
      authority,
      encryptionKeys,
      waker: new SweepWaker(),
      callerSecret: config.service.callerSecret,
      config: config.own,
      regions: config.shared.regions,
    };
    const app = await open(module, options, config.service, around, opened);
    log('bus').info({ service: options.name }, 'ready');
    return running(options.name, app, core, persistence, opened);
  } catch (error) {
    await opened.closeAll();
    throw error;
  }
}

async function open(
  module: Type,
  options: ServiceOptions,
  { concurrency, gatewayKey }: { concurrency: number; gatewayKey?: Uint8Array | undefined },
  around: Surroundings & { authority: BusAuthority },
  opened: Opened,
): Promise<INestMicroservice> {
  const transport = new BusTransport({
    ...around,
    service: options.name,
    concurrency,
    seal: gatewayKey && new CallMac(gatewayKey),
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(rootOf(module, around), {
    strategy: transport,
    logger: nestLogger(),
    // A failed start is the caller's to report; Nest would end the process.
    abortOnError: false,
  });
  opened.push(() => app.close());
  opened.push(() => transport.close());
  // Before Nest runs the module's own hooks: a service that is written wrongly must not begin anything.
  transport.use(sortDoors(options.name, markedOf(app.get(DiscoveryService))));
  await app.listen();
  return app;
}

function markedOf(discovery: DiscoveryService): Marked[] {
  const marked: Marked[] = [];
  for (const { metatype, instance } of discovery.getProviders()) {
    const mark = typeof metatype === 'function' ? (Reflect.getMetadata(MARK, metatype) as Mark | undefined) : undefined;
    if (mark) marked.push({ name: metatype!.name, mark, instance: instance as object });
  }
  return marked;
}

function running(
  name: string,
  app: INestMicroservice,
  core: BusConnection,
  persistence: Persistence | undefined,
  opened: Opened,
): RunningService {
  return {
    name,
    get: (token) => app.get(token as Type, { strict: false }),
    ready: async () => {
      await core.roundTrip();
      await persistence?.ready();
    },
    close: () => opened.closeAll(),
  };
}

async function openDatabase(
  options: ServiceOptions,
  config: { databaseUrl?: string | undefined; databasePool: number },
  signal?: AbortSignal,
  clock?: Clock,
): Promise<Persistence | undefined> {
  if (!options.schema) return undefined;
  return openPersistence({
    url: config.databaseUrl!,
    schema: options.schema,
    migrations: options.migrations ?? [],
    entities: options.entities ?? [],
    poolSize: config.databasePool,
    startWithinMs: Infinity,
    ...(signal ? { signal } : {}),
    ...(clock ? { clock } : {}),
  });
}

async function connect(
  user: string,
  credsFile: string,
  shared: { natsUrl: readonly string[]; natsCaFile?: string | undefined },
  opened: Opened,
  signal?: AbortSignal,
): Promise<BusConnection> {
  const connection = await BusConnection.open(
    { user, servers: shared.natsUrl, credsFile, caFile: shared.natsCaFile },
    signal,
  );
  opened.push(() => connection.close());
  return connection;
}

/** What was opened, to be closed in the opposite order; once. */
class Opened {
  private readonly closers: (() => Promise<unknown>)[] = [];
  private closing: Promise<void> | undefined;

  push(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  closeAll(): Promise<void> {
    this.closing ??= this.close();
    return this.closing;
  }

  private async close(): Promise<void> {
    for (const each of this.closers.splice(0).reverse()) {
      await each().catch((err: unknown) => log('bus').error({ err }, 'something did not close cleanly'));
    }
  }
}
