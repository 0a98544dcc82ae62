import {
  type ConfigDefinition,
  BadConfig,
  type Environment,
  defineConfig,
  readConfig,
  setting,
  z,
} from '@muster/config';

import type { ServiceOptions } from './service.js';

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean),
);

/** What every service reads: `MUSTER_NATS_URL` and so on. */
export const sharedConfig = defineConfig('', {
  natsUrl: setting(commaList, 'Servers of the bus, comma-separated.', { default: ['nats://127.0.0.1:4222'] }),
  natsCaFile: setting(z.string().optional(), 'The CA that signed the certificates of the bus, if not a public one.'),
  regions: setting(commaList, 'Regions that this deployment serves, comma-separated.', { default: ['us-east-1'] }),
});

const base64Key = z
  .string()
  .transform((text) => new Uint8Array(Buffer.from(text.trim(), 'base64')))
  .refine((bytes) => bytes.length >= 32, 'it must hold 32 bytes or more, as base64');

/** What a service reads because it is one: `MUSTER_<SERVICE>_NATS_CREDS_FILE` and so on. */
export function serviceConfig(options: ServiceOptions) {
  const path = z.string();
  return defineConfig(options.name, {
    natsCredsFile: setting(path, 'Credentials of its bus user in account CORE.'),
    fleetCredsFile: setting(options.fleet ? path : path.optional(), 'Credentials of its bus user in account FLEET.'),
    gatewayKey: setting(
      options.schema ? base64Key : base64Key.optional(),
      'By which it knows that a call is from the gateway.',
      { secret: true },
    ),
    callerSecret: setting(
      options.asksOperations ? base64Key : base64Key.optional(),
      'Of the gateway alone: the keys of all services are derived from it.',
      { secret: true },
    ),
    databaseUrl: setting(
      options.schema ? z.url() : z.url().optional(),
      'Its Postgres, as a role that owns its schema.',
      { secret: true },
    ),
    databasePool: setting(z.coerce.number().int().min(1).max(100), 'Most connections to its Postgres.', {
      default: options.databasePool ?? 3,
    }),
    concurrency: setting(z.coerce.number().int().min(1).max(10_000), 'Most API calls that are worked on at once.', {
      default: options.concurrency ?? 64,
    }),
  });
}

/** All that a service reads from its surroundings. @throws BadConfig with every problem of all of it */
export function readServiceConfig(options: ServiceOptions, env: Environment) {
  const problems: string[] = [];
  const read = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof BadConfig)) throw error;
      problems.push(...error.problems);
      return undefined as T;
    }
  };
  const shared = read(() => readConfig(sharedConfig, env));
  const service = read(() => readConfig(serviceConfig(options), env));
  const own = read(() => (options.config ? readConfig(options.config as ConfigDefinition, env) : Object.freeze({})));
  if (problems.length > 0) throw new BadConfig(problems);
  return { shared, service, own };
}
