import { inboxPrefix } from '@muster/contracts';

/** What a user of the bus may do, and nothing else. */
export interface BusUser {
  readonly account: 'CORE' | 'FLEET';
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** What a service does on the bus, from which its permissions follow. */
interface Needs {
  /** API models of which it answers operations. */
  readonly apis?: readonly string[];
  /** Also unsigned ones. */
  readonly publicApis?: readonly string[];
  /** Methods of other services, `identity.policiesOf`. */
  readonly asks?: readonly string[];
  /** Who asks it: it may answer into their inboxes. */
  readonly answers?: readonly string[];
  /** It announces events. */
  readonly announces?: boolean;
  /** Its durable consumers, by stream. */
  readonly durables?: Readonly<Partial<Record<'EVENTS' | 'FLEET' | 'OUTPUT', readonly string[]>>>;
  /** Core subjects that it hears. */
  readonly hears?: readonly string[];
  /** Nodes ask it: the answer crosses the accounts under a subject that the server makes up. */
  readonly answersNodes?: boolean;
  /** It keeps long things in the object store. */
  readonly objects?: boolean;
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
}

/** Asked by whoever answers API calls: they decide. */
const DECIDES = ['identity.policiesOf', 'identity.currentRevision'];

const needs: Readonly<Record<string, Needs>> = {
  gateway: {
    asks: ['identity.signingKey', 'identity.currentRevision'],
    hears: ['identity.revision'],
    publish: ['api.*.*', 'public.*.*', 'identity.key-used', ...readBucket('operations')],
  },
  identity: {
    apis: ['sts', 'iam', 'kms', 'muster'],
    asks: [
      ...DECIDES,
      'parameters.emptyAccount',
      'registry.emptyAccount',
      'commands.emptyAccount',
      'events.emptyAccount',
    ],
    answers: ['gateway', 'identity', 'registry', 'parameters', 'commands', 'events'],
    announces: true,
    durables: { EVENTS: ['identity-forget-node'] },
    hears: ['identity.revision', 'identity.key-used', 'agent.*.renew'],
    answersNodes: true,
    publish: ['identity.revision'],
  },
  registry: {
    apis: ['ssm', 'muster'],
    publicApis: ['muster'],
    asks: [...DECIDES, 'identity.issueNodeCredential', 'parameters.tagsOf', 'parameters.changeTags'],
    answers: ['gateway', 'identity', 'commands'],
    announces: true,
    hears: ['identity.revision', 'agent.*.hello', 'agent.*.heartbeat'],
    answersNodes: true,
    // Its own pulse, heard where it hears the nodes: only then does their silence mean something.
    publish: ['agent.registry.heartbeat'],
  },
  parameters: {
    apis: ['ssm', 'muster'],
    asks: [...DECIDES, 'identity.encryptionKey', 'identity.activeKeys', 'events.issueWatchCredential'],
    answers: ['gateway', 'identity', 'registry'],
    announces: true,
    durables: { EVENTS: ['parameters-push-watches'] },
    hears: ['identity.revision'],
    // To whom a watch was opened, after the decision.
    publish: ['ext.*.watch.*'],
  },
  commands: {
    apis: ['ssm'],
    asks: [...DECIDES, 'registry.resolveTargets', 'registry.routesOf'],
    answers: ['gateway', 'identity'],
    announces: true,
    durables: {
      EVENTS: ['commands-wake-node'],
      FLEET: ['commands-take-status'],
      OUTPUT: ['commands-keep-output'],
    },
    hears: ['identity.revision'],
    objects: true,
  },
  events: {
    apis: ['muster', 'events'],
    asks: DECIDES,
    answers: ['gateway', 'identity', 'parameters'],
    announces: true,
    hears: ['identity.revision'],
    // It makes and removes the durables of subscribers, whose names users choose; in this one stream.
    publish: [
      '$JS.API.STREAM.INFO.EVENTS',
      '$JS.API.CONSUMER.CREATE.EVENTS.>',
      '$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.*',
      '$JS.API.CONSUMER.INFO.EVENTS.*',
      '$JS.API.CONSUMER.DELETE.EVENTS.*',
      '$JS.API.CONSUMER.NAMES.EVENTS',
      '$JS.API.CONSUMER.LIST.EVENTS',
    ],
  },
};

/** Bus users and their permissions: one for each service, one more inside FLEET for who talks to nodes. */
export const busUsers: Readonly<Record<string, BusUser>> = {
  ...Object.fromEntries(Object.entries(needs).map(([name, each]) => [name, permissionsOf(name, each)])),
  'commands-fleet': {
    account: 'FLEET',
    publish: ['node.*.*.invoke', 'node.*.*.cancel', 'node.*.*.settled'],
    subscribe: [`${inboxPrefix('commands-fleet')}.>`],
  },
  // Makes streams and buckets before the services start; reads no message.
  setup: {
    account: 'CORE',
    publish: [
      '$JS.API.INFO',
      '$JS.API.STREAM.NAMES',
      '$JS.API.STREAM.INFO.*',
      '$JS.API.STREAM.CREATE.*',
      '$JS.API.STREAM.UPDATE.*',
    ],
    subscribe: [`${inboxPrefix('setup')}.>`],
  },
};

/** Durables that a service may use, of a stream. */
export function durablesOf(service: string, stream: string): readonly string[] {
  return needs[service]?.durables?.[stream as 'EVENTS'] ?? [];
}

function permissionsOf(name: string, need: Needs): BusUser {
  const operations = [
    ...(need.apis ?? []).map((api) => `api.${api}.*`),
    ...(need.publicApis ?? []).map((api) => `public.${api}.*`),
  ];
  return {
    account: 'CORE',
    publish: distinct([
      ...(need.asks ?? []).map((method) => `rpc.${method}`),
      ...(need.answers ?? []).map((user) => `${inboxPrefix(user)}.>`),
      ...(need.answersNodes ? ['_R_.>'] : []),
      ...(need.announces ? relays(name) : []),
      ...Object.entries(need.durables ?? {}).flatMap(([stream, durables]) =>
        durables.flatMap((each) => consumes(stream, each)),
      ),
      ...(operations.length > 0 ? announcesOperations([...(need.apis ?? []), ...(need.publicApis ?? [])]) : []),
      ...(need.objects ? objectStore('objects') : []),
      ...(need.publish ?? []),
    ]),
    subscribe: distinct([
      `${inboxPrefix(name)}.>`,
      ...operations,
      `rpc.${name}.*`,
      ...(need.hears ?? []),
      ...(need.subscribe ?? []),
    ]),
  };
}

/** The relay publishes this service's events and reads back what of them arrived. */
function relays(service: string): string[] {
  return [`events.*.*.${service}.*`, '$JS.API.STREAM.INFO.EVENTS', '$JS.API.STREAM.MSG.GET.EVENTS'];
}

function consumes(stream: string, durable: string): string[] {
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    // Whether the last event that it handled still lies where it lay.
    ...(stream === 'EVENTS' ? ['$JS.API.STREAM.MSG.GET.EVENTS'] : []),
    `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
    // With its filter as the last tokens; DURABLE.CREATE is how servers before 2.9 are asked.
    `$JS.API.CONSUMER.CREATE.${stream}.${durable}.>`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${durable}`,
    `$JS.API.CONSUMER.DELETE.${stream}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
  ];
}

function announcesOperations(apis: readonly string[]): string[] {
  return [
    '$JS.API.STREAM.INFO.KV_operations',
    ...apis.flatMap((api) => [`$KV.operations.${api}.*`, `$JS.API.DIRECT.GET.KV_operations.$KV.operations.${api}.*`]),
  ];
}

/** Get, and watch by a consumer of its own that the server forgets. */
function readBucket(bucket: string): string[] {
  const stream = `KV_${bucket}`;
  return [`$JS.API.STREAM.INFO.${stream}`, `$JS.API.DIRECT.GET.${stream}.>`, ...readsByConsumer(stream)];
}

function readsByConsumer(stream: string): string[] {
  return [
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.INFO.${stream}.*`,
    `$JS.API.CONSUMER.DELETE.${stream}.*`,
    `$JS.FC.${stream}.>`,
  ];
}

function objectStore(bucket: string): string[] {
  const stream = `OBJ_${bucket}`;
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
    // Replacing and removing an object purges its chunks.
    `$JS.API.STREAM.PURGE.${stream}`,
    `$O.${bucket}.>`,
    ...readsByConsumer(stream),
  ];
}

function distinct(subjects: readonly string[]): string[] {
  return [...new Set(subjects)];
}
