import { signNatsJwt } from './nats-jwt.js';
import { createNkey, nkeyFromSeed, type Nkey } from './nkey.js';

/** The four accounts of a deployment (architecture.md, "The bus"). */
export type AccountKind = 'sys' | 'core' | 'fleet' | 'ext';

/** What has to be kept of an account: two secrets. */
export interface AccountSeeds {
  readonly seed: string;
  /** Signs the account's users, so that the account's own seed need not be where users are made. */
  readonly signingSeed: string;
}

/** An account as the server knows it, and the key that makes its users. */
export interface Account extends AccountSeeds {
  readonly name: string;
  readonly publicKey: string;
  readonly jwt: string;
}

export type Accounts = Readonly<Record<AccountKind, Account>>;

export type AllAccountSeeds = Readonly<Record<AccountKind, AccountSeeds>>;

/** Public user nkey → what was issued to it at or before that time is refused. */
export type Revocations = Readonly<Record<string, Date>>;

export interface IssueAccounts {
  /** Appended to the accounts' names, so that several sets can live on one server. */
  readonly suffix?: string;
  readonly revocations?: Partial<Record<AccountKind, Revocations>>;
}

/** A new operator, the root of trust of one deployment. */
export function createOperator(): Nkey {
  return createNkey('operator');
}

/** The JWT of the operator, for the server's configuration. */
export function operatorJwt(operator: Nkey, systemAccount: string): string {
  return signNatsJwt(operator, {
    name: 'muster',
    subject: operator.publicKey,
    nats: { type: 'operator', system_account: systemAccount },
  });
}

/** New keys for the four accounts. */
export function createAccountSeeds(): AllAccountSeeds {
  const seeds = (): AccountSeeds => ({ seed: createNkey('account').seed, signingSeed: createNkey('account').seed });
  return { sys: seeds(), core: seeds(), fleet: seeds(), ext: seeds() };
}

/** New accounts with new keys. */
export function createAccounts(operator: Nkey, how: IssueAccounts = {}): Accounts {
  return issueAccounts(operator, createAccountSeeds(), how);
}

/** Issues the accounts' JWTs anew for keys that exist: what they export, import and revoke is this release's. */
export function issueAccounts(operator: Nkey, seeds: AllAccountSeeds, how: IssueAccounts = {}): Accounts {
  const core = nkeyFromSeed(seeds.core.seed).publicKey;
  const claims: Record<AccountKind, object> = {
    sys: {},
    core: { limits: { ...limits, ...jetStreamLimits }, exports: coreExports },
    fleet: { imports: fleetImports(core) },
    ext: { imports: extImports(core) },
  };
  const issue = (kind: AccountKind): Account => {
    const { publicKey } = nkeyFromSeed(seeds[kind].seed);
    const name = kind.toUpperCase() + (how.suffix ? `-${how.suffix}` : '');
    const jwt = signNatsJwt(operator, {
      name,
      subject: publicKey,
      nats: {
        type: 'account',
        limits,
        signing_keys: [nkeyFromSeed(seeds[kind].signingSeed).publicKey],
        revocations: inSeconds(how.revocations?.[kind] ?? {}),
        default_permissions: { pub: {}, sub: {} },
        ...claims[kind],
      },
    });
    return { ...seeds[kind], name, publicKey, jwt };
  };
  return { sys: issue('sys'), core: issue('core'), fleet: issue('fleet'), ext: issue('ext') };
}

// The server reads a missing limit as zero, also for the system account: nobody could connect.
const limits = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};

// The server's own max_file_store bounds them; FLEET and EXT have none, so JetStream is off there.
const jetStreamLimits = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

const pull = '$JS.API.CONSUMER.MSG.NEXT.EVENTS.*';
const acknowledge = '$JS.ACK.EVENTS.>';

const coreExports = [
  // What agents say: requests (hello, renew) and stream acknowledgements cross back as replies of a service.
  { name: 'agents', subject: 'agent.*.>', type: 'service' },
  { name: 'fleet', subject: 'fleet.*.>', type: 'service' },
  // A pull is answered by many messages: with a single response the second would be lost.
  { name: 'pull', subject: pull, type: 'service', response_type: 'Stream' },
  { name: 'acknowledge', subject: acknowledge, type: 'service' },
  { name: 'ext', subject: 'ext.*.>', type: 'stream' },
];

function fleetImports(core: string): object[] {
  return [service(core, 'agents', 'agent.*.>'), service(core, 'fleet', 'fleet.*.>')];
}

function extImports(core: string): object[] {
  return [
    service(core, 'pull', pull),
    service(core, 'acknowledge', acknowledge),
    { name: 'ext', subject: 'ext.*.>', account: core, type: 'stream' },
  ];
}

function service(account: string, name: string, subject: string): object {
  return { name, subject, account, local_subject: subject, type: 'service' };
}

function inSeconds(revocations: Revocations): Record<string, number> {
  return Object.fromEntries(Object.entries(revocations).map(([user, at]) => [user, Math.floor(at.getTime() / 1000)]));
}
