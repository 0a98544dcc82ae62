import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type BusUser, busUsers, deriveGatewayKey } from '@muster/bus';
import {
  createNkey,
  credsFile,
  decodeNatsJwt,
  issueAccounts,
  LocalRootKey,
  natsUserKeys,
  nkeyFromSeed,
  operatorJwt,
  parseCreds,
  type Account,
  type AccountKind,
  type Accounts,
  type AllAccountSeeds,
  type UserPermissions,
  userJwt,
} from '@muster/keys';
import { inboxPrefix } from '@muster/contracts';

import { accountJwtFile } from './nats-plan.js';
import { ensureSecret, writeSecret } from './secret-files.js';

/** The services that own a schema. */
export const schemaOwners = ['identity', 'registry', 'parameters', 'commands', 'events'] as const;

/** Everything secret of a deployment and where it lies. */
export interface Deployment {
  /** The data folder (`.muster`). */
  readonly home: string;
  readonly operatorSeed: string;
  readonly operatorJwt: string;
  readonly accounts: Accounts;
  /** Credentials file of each bus user, and of `sys`, which may push accounts. */
  readonly credsFiles: Readonly<Record<string, string>>;
  readonly rootKeyFile: string;
  readonly fleetSecretFile: string;
  /** Of the gateway: by it services know its calls. */
  readonly callerSecretFile: string;
  /** Of each service: derived from it, good for calls to this service alone. */
  readonly gatewayKeyFiles: Readonly<Record<string, string>>;
  readonly fleetSigningSeedFile: string;
  readonly extSigningSeedFile: string;
  /** {@link FirstAccessKey} as JSON. */
  readonly firstAccessKeyFile: string;
  readonly firstAccessKey: FirstAccessKey;
  /** Of the superuser and of each service's role. */
  readonly databasePasswords: Readonly<Record<string, string>>;
}

/** The administrator's, made with the deployment; identity takes it over at its first start. */
export interface FirstAccessKey {
  readonly account: string;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The account is made for tests, and the key is known to everybody. */
  readonly sandbox?: boolean;
}

/** The administrator's key of every sandbox: tests may write it down. */
export const sandboxAccessKey = {
  userName: 'administrator',
  accessKeyId: 'AKIAMUSTERSANDBOXKEY',
  secretAccessKey: 'muster/sandbox/secret/known/to/everybody',
} as const;

export interface CreateDeployment {
  /** Of the first account. */
  readonly accountId: string;
  /** The first account is a sandbox; says nothing about a home that is there already. */
  readonly sandbox?: boolean;
  /** Of a broker that several deployments share: its operator and system account. Default: own ones. */
  readonly broker?: { readonly operatorSeed: string; readonly sys: Account };
  /** Appended to the names of the accounts. */
  readonly suffix?: string;
  /** Bus users beside those of the product. */
  readonly users?: Readonly<Record<string, BusUser>>;
  /** Of a database server that several deployments share. Default: own ones. */
  readonly databasePasswords?: Readonly<Record<string, string>>;
}

/**
 * Makes all keys of a deployment under `<home>/keys`, readable by their owner alone; what is there is kept. What follows
 * from the release (permissions, what the accounts export and import) is issued anew.
 */
export function createDeployment(home: string, how: CreateDeployment): Deployment {
  const keys = join(home, 'keys');
  const nats = join(keys, 'nats');
  const operatorSeed =
    how.broker?.operatorSeed ?? ensureSecret(join(nats, 'operator.seed'), () => createNkey('operator').seed);
  const accounts = accountsOf(home, operatorSeed, how);
  const secret = (name: string, make: () => string): string => {
    const file = join(keys, name);
    ensureSecret(file, make);
    return file;
  };
  const callerSecretFile = secret('gateway/caller.secret', () => randomBytes(32).toString('base64'));
  const firstAccessKeyFile = secret('first-access-key.json', () => JSON.stringify(newAccessKey(how)));
  return {
    home,
    operatorSeed,
    operatorJwt: operatorJwt(nkeyFromSeed(operatorSeed), accounts.sys.publicKey),
    accounts,
    credsFiles: credsFilesOf(nats, accounts, { ...busUsers, ...how.users }),
    rootKeyFile: secret('root.key', () => LocalRootKey.generate()),
    fleetSecretFile: secret('fleet.secret', () => randomBytes(32).toString('base64')),
    callerSecretFile,
    gatewayKeyFiles: gatewayKeysOf(join(keys, 'gateway'), readFileSync(callerSecretFile, 'utf8')),
    fleetSigningSeedFile: follow(join(keys, 'fleet-signing.seed'), accounts.fleet.signingSeed),
    extSigningSeedFile: follow(join(keys, 'ext-signing.seed'), accounts.ext.signingSeed),
    firstAccessKeyFile,
    firstAccessKey: JSON.parse(readFileSync(firstAccessKeyFile, 'utf8')) as FirstAccessKey,
    databasePasswords: how.databasePasswords ?? passwordsOf(join(keys, 'database-passwords.json')),
  };
}

/** What is kept of the accounts: `keys/nats/accounts.json`. */
type KeptAccounts = AllAccountSeeds & Readonly<Record<AccountKind, { readonly jwt?: string }>>;

function accountsOf(home: string, operatorSeed: string, how: CreateDeployment): Accounts {
  const file = join(home, 'keys', 'nats', 'accounts.json');
  const seeds = (): object => ({ seed: createNkey('account').seed, signingSeed: createNkey('account').seed });
  const made = ensureSecret(file, () => JSON.stringify({ sys: seeds(), core: seeds(), fleet: seeds(), ext: seeds() }));
  const kept = JSON.parse(made) as KeptAccounts;

  const operator = nkeyFromSeed(operatorSeed);
  const fresh = issueAccounts(operator, kept, { suffix: how.suffix });
  const newest = (kind: AccountKind): string | undefined =>
    newestJwt([kept[kind].jwt, ifThere(accountJwtFile(join(home, 'nats'), fresh[kind].publicKey))]);
  const revocations = (kind: AccountKind): Record<string, Date> => revokedIn(newest(kind));
  const wanted = issueAccounts(operator, kept, {
    suffix: how.suffix,
    revocations: { core: revocations('core'), fleet: revocations('fleet'), ext: revocations('ext') },
  });
  // One that says the same is kept: the broker takes the newest, and what was pushed to it must not be undone.
  const settle = (kind: AccountKind): Account => {
    const before = newest(kind);
    return { ...wanted[kind], jwt: before && saysTheSame(before, wanted[kind].jwt) ? before : wanted[kind].jwt };
  };
  const accounts: Accounts = {
    sys: how.broker?.sys ?? settle('sys'),
    core: settle('core'),
    fleet: settle('fleet'),
    ext: settle('ext'),
  };
  const text = JSON.stringify(accounts, ['sys', 'core', 'fleet', 'ext', 'seed', 'signingSeed', 'jwt'], 2);
  if (text !== made) writeSecret(file, text);
  return accounts;
}

function newestJwt(jwts: readonly (string | undefined)[]): string | undefined {
  return jwts
    .filter((jwt) => jwt !== undefined)
    .sort((a, b) => decodeNatsJwt(a).iat - decodeNatsJwt(b).iat)
    .at(-1);
}

function revokedIn(jwt: string | undefined): Record<string, Date> {
  const revocations = (jwt && (decodeNatsJwt(jwt).nats['revocations'] as Record<string, number>)) || {};
  return Object.fromEntries(Object.entries(revocations).map(([user, at]) => [user, new Date(at * 1000)]));
}

function saysTheSame(one: string, other: string): boolean {
  const [a, b] = [decodeNatsJwt(one), decodeNatsJwt(other)];
  return a.iss === b.iss && a.name === b.name && JSON.stringify(a.nats) === JSON.stringify(b.nats);
}

function ifThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** The user that pushes accounts to the broker. */
const sysUser: UserPermissions = {
  publish: ['$SYS.REQ.CLAIMS.UPDATE', '$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP'],
  subscribe: [`${inboxPrefix('sys')}.>`],
};

function credsFilesOf(
  folder: string,
  accounts: Accounts,
  busUsers: Readonly<Record<string, BusUser>>,
): Record<string, string> {
  const users: [string, Account, UserPermissions][] = Object.entries(busUsers).map(([name, user]) => [
    name,
    user.account === 'FLEET' ? accounts.fleet : accounts.core,
    user,
  ]);
  users.push(['sys', accounts.sys, sysUser]);
  return Object.fromEntries(
    users.map(([name, account, permissions]) => {
      const file = join(folder, `${name}.creds`);
      const seed = existsSync(file) ? parseCreds(readFileSync(file, 'utf8')).seed : natsUserKeys().seed;
      const { publicKey } = nkeyFromSeed(seed);
      writeSecret(file, credsFile(userJwt(account, { name, publicKey, permissions }), seed));
      return [name, file];
    }),
  );
}

function passwordsOf(file: string): Record<string, string> {
  const kept = JSON.parse(ensureSecret(file, () => '{}')) as Record<string, string>;
  const all = Object.fromEntries(['superuser', ...schemaOwners].map((role) => [role, kept[role] ?? newPassword()]));
  if (Object.keys(all).some((role) => kept[role] === undefined)) writeSecret(file, JSON.stringify({ ...kept, ...all }));
  return { ...kept, ...all };
}

function gatewayKeysOf(folder: string, secret: string): Record<string, string> {
  const bytes = Buffer.from(secret.trim(), 'base64');
  return Object.fromEntries(
    schemaOwners.map((service) => {
      const key = Buffer.from(deriveGatewayKey(bytes, service)).toString('base64');
      return [service, follow(join(folder, `${service}.key`), key)];
    }),
  );
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

function newAccessKey({ accountId: account, sandbox }: CreateDeployment): FirstAccessKey {
  if (sandbox) return { account, ...sandboxAccessKey, sandbox };
  return {
    account,
    userName: 'administrator',
    // As AWS's look: 20 upper-case letters and digits; 40 of base64.
    accessKeyId: `AKIA${letters(16)}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
}

function letters(count: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(randomBytes(count), (byte) => alphabet[byte % 32]).join('');
}

/** A file of its own for those who may know this and nothing else. */
function follow(file: string, content: string): string {
  if (ifThere(file) !== content) writeSecret(file, content);
  return file;
}
