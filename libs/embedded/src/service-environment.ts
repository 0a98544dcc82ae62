import { roleOf, serviceDatabaseUrl } from './set-up-database.js';
import type { Deployment } from './deployment.js';
import { schemaOwners } from './deployment.js';

/** Where everything is that services need. */
export interface Surroundings {
  /** As services on this machine reach the broker. */
  readonly natsUrl: string;
  /** As nodes and subscribers reach it. Default: `natsUrl`. */
  readonly publicNatsUrls?: readonly string[];
  /** The CA that signed the broker's and the gateway's certificates. */
  readonly caFile?: string;
  /** The database, as whoever: only host and name are taken. */
  readonly databaseUrl: string;
  readonly gateway: {
    readonly host: string;
    readonly port: number;
    readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  };
  readonly regions?: readonly string[];
}

/** All variables of all services, so that `npm start` and tests start them alike. Secrets among them. */
export function serviceEnvironment(deployment: Deployment, where: Surroundings): Record<string, string> {
  const publicUrls = (where.publicNatsUrls ?? [where.natsUrl]).join(',');
  const { accounts, credsFiles, databasePasswords } = deployment;
  const env: Record<string, string | undefined> = {
    MUSTER_NATS_URL: where.natsUrl,
    MUSTER_NATS_CA_FILE: where.caFile,
    MUSTER_REGIONS: where.regions?.join(','),

    MUSTER_IDENTITY_ROOT_KEY_FILE: deployment.rootKeyFile,
    MUSTER_IDENTITY_FLEET_SIGNING_SEED_FILE: deployment.fleetSigningSeedFile,
    MUSTER_IDENTITY_FLEET_ACCOUNT: accounts.fleet.publicKey,
    MUSTER_IDENTITY_BOOTSTRAP_FILE: deployment.firstAccessKeyFile,

    MUSTER_REGISTRY_AGENT_NATS_URLS: publicUrls,
    MUSTER_REGISTRY_AGENT_CA_FILE: where.caFile,
    MUSTER_REGISTRY_FLEET_SECRET_FILE: deployment.fleetSecretFile,

    MUSTER_PARAMETERS_PUBLISHER_ACCOUNTS: deployment.firstAccessKey.account,

    MUSTER_COMMANDS_FLEET_SECRET_FILE: deployment.fleetSecretFile,

    MUSTER_EVENTS_EXT_SIGNING_SEED_FILE: deployment.extSigningSeedFile,
    MUSTER_EVENTS_EXT_ACCOUNT: accounts.ext.publicKey,
    MUSTER_EVENTS_SUBSCRIBER_NATS_URLS: publicUrls,
    MUSTER_EVENTS_SUBSCRIBER_CA_FILE: where.caFile,

    MUSTER_GATEWAY_CALLER_SECRET_FILE: deployment.callerSecretFile,
    MUSTER_GATEWAY_HOST: where.gateway.host,
    MUSTER_GATEWAY_PORT: String(where.gateway.port),
    MUSTER_GATEWAY_TLS_CERTIFICATE_FILE: where.gateway.tls?.certificateFile,
    MUSTER_GATEWAY_TLS_KEY_FILE: where.gateway.tls?.keyFile,
  };
  for (const [user, file] of Object.entries(credsFiles)) {
    if (user === 'sys' || user === 'setup') continue;
    const [service, fleet] = [user.replace(/-fleet$/, ''), user.endsWith('-fleet')];
    env[`MUSTER_${service.toUpperCase()}_${fleet ? 'FLEET' : 'NATS'}_CREDS_FILE`] = file;
  }
  for (const [service, file] of Object.entries(deployment.gatewayKeyFiles)) {
    env[`MUSTER_${service.toUpperCase()}_GATEWAY_KEY_FILE`] = file;
  }
  for (const service of schemaOwners) {
    const password = databasePasswords[service];
    if (!password) throw new Error(`there is no database password for ${roleOf(service)}`);
    env[`MUSTER_${service.toUpperCase()}_DATABASE_URL`] = serviceDatabaseUrl(where.databaseUrl, service, password);
  }
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
