import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type StreamConfig,
  jetstreamManager,
} from '@nats-io/jetstream';
import { log } from '@muster/telemetry';

import { type BusAddress, BusConnection } from './bus-connection.js';
import { generationOf, withGeneration } from './generation.js';
import { missingOn } from './server-version.js';
import { type StreamSettings, everyStream, streams } from './streams.js';

/** Where the bus is, and with which credentials it may be set up. */
export interface SetUp {
  readonly servers: readonly string[];
  /** Of the bus user `setup`. */
  readonly credsFile: string;
  readonly caFile?: string | undefined;
  /** Copies of each stream: 3 in a cluster. */
  readonly replicas?: number;
  /** Told what this server is too old for, once; undefined: it is logged. */
  readonly note?: (line: string) => void;
}

/**
 * Makes every stream and bucket, or brings them to this release. Safe to repeat, also from several places at once; what a
 * newer release has set stays. Called before services start, which wait for it.
 */
export async function setUpBus(how: SetUp, signal?: AbortSignal): Promise<void> {
  const address: BusAddress = { user: 'setup', servers: how.servers, credsFile: how.credsFile, caFile: how.caFile };
  const connection = await BusConnection.open(address, signal);
  try {
    const { version } = connection.nats.info!;
    const missing = missingOn(version);
    const note = how.note ?? ((line: string) => log('bus.setup').warn(line));
    if (missing.length > 0) note(`nats-server ${version}: ${missing.join('; ')}`);
    const manager = await jetstreamManager(connection.nats, { timeout: 10_000 });
    for (const each of streams) await ensureStream(manager, each, how.replicas ?? 1);
  } finally {
    await connection.close();
  }
}

/** Makes one stream, or updates it when its settings are of an older generation. */
export async function ensureStream(
  manager: JetStreamManager,
  settings: StreamSettings,
  replicas: number,
): Promise<void> {
  const { name } = settings.config;
  const wanted = {
    ...everyStream,
    num_replicas: replicas,
    ...settings.config,
    description: withGeneration(settings.generation, 'Muster'),
  };
  const found = await manager.streams.info(name).catch(unlessNotFound);
  if (found && generationOf(found.config.description) >= settings.generation) return;
  const made = found ? await manager.streams.update(name, wanted) : await manager.streams.add(wanted as StreamConfig);
  for (const what of ignored(wanted, made.config)) {
    log('bus.setup').warn({ stream: name }, `the server ignored ${what}: it is too old to know it`);
  }
}

/** Settings that came back as something else: older servers ignore in silence what they do not know. */
export function ignored(wanted: object, got: object): string[] {
  return (
    Object.entries(wanted)
      .filter(([key, value]) => JSON.stringify((got as Record<string, unknown>)[key]) !== JSON.stringify(value))
      // Servers leave out what is false.
      .filter(([key, value]) => !(value === false && (got as Record<string, unknown>)[key] === undefined))
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
  );
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
  throw error;
}
