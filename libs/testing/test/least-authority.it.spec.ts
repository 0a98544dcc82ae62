import { busUsers } from '@muster/bus';
import { inboxPrefix, subjects } from '@muster/contracts';
import { pushAccounts } from '@muster/embedded';
import {
  credsAuthenticator,
  credsFile,
  deriveNodeKey,
  issueAccounts,
  natsUserKeys,
  nkeyFromSeed,
  nodePermissions,
  openNodeMessage,
  sealNodeMessage,
  subscriberPermissions,
  userJwt,
} from '@muster/keys';
import { AckPolicy, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';

import { testDeployment, type TestDeployment } from '../src/index.js';
import { WhatIsRefused } from '../src/index.js';

// Real accounts, real JWTs, a real broker: what a stolen credential can do is what the broker lets it do.

const [nodeA, nodeB] = ['mi-000000000000000aa', 'mi-000000000000000bb'];
const epoch = 'e1';

let deployment: TestDeployment;
/** May everything in CORE: sees what arrives there, and looks after the streams. */
let core: NatsConnection;
let streams: JetStreamManager;

beforeAll(async () => {
  deployment = await testDeployment();
  core = await deployment.connectAs('core', 'spectator', { publish: ['>'], subscribe: ['>'] });
  streams = await jetstreamManager(core);
});
afterAll(() => deployment.close());

describe("a node's credential", () => {
  let node: NatsConnection;
  let refused: WhatIsRefused;
  beforeAll(async () => {
    node = await deployment.connectAs('fleet', nodeA, nodePermissions(nodeA));
    refused = new WhatIsRefused(node);
  });

  it('publishes for itself alone', async () => {
    const own = [
      ...[subjects.hello(nodeA), subjects.heartbeat(nodeA), subjects.renew(nodeA), subjects.otlp(nodeA)],
      ...[subjects.fleet(nodeA, 'status'), subjects.fleet(nodeA, 'output'), `session.${nodeA}.s1.out`],
    ];
    expect(await refused.publishing(own)).toEqual([]);

    const foreign = [
      ...[subjects.hello(nodeB), subjects.heartbeat(nodeB), subjects.renew(nodeB), subjects.otlp(nodeB)],
      ...[subjects.fleet(nodeB, 'status'), subjects.fleet(nodeB, 'output'), `session.${nodeB}.s1.out`],
      ...(['invoke', 'cancel', 'settled'] as const).flatMap((verb) => [
        subjects.node(nodeB, epoch, verb),
        subjects.node(nodeA, epoch, verb),
      ]),
      ...[`session.${nodeA}.s1.in`, `${inboxPrefix(nodeB)}.x`, `${inboxPrefix(nodeA)}.x`, '_INBOX.x', '_R_.x'],
    ];
    expect(await refused.publishing(foreign)).toEqual(foreign);
  });

  it('neither calls, nor announces, nor touches a stream', async () => {
    const others = [
      ...['api.ssm.SendCommand', 'public.muster.EnrolNode', 'rpc.registry.resolveTargets', 'identity.revision'],
      ...[
        'events.123456789012.us-east-1.parameters.changed',
        'ext.123456789012.x',
        '$KV.operations.ssm.X',
        '$O.objects.C.x',
      ],
      ...['$JS.API.INFO', '$JS.API.STREAM.INFO.EVENTS', '$JS.API.STREAM.PURGE.FLEET', '$JS.API.STREAM.DELETE.FLEET'],
      ...['$JS.API.CONSUMER.MSG.NEXT.FLEET.commands-take-status', '$JS.API.CONSUMER.CREATE.FLEET.x.fleet.>'],
      ...['$JS.ACK.FLEET.commands-take-status.1.1.1.1.0', '$JS.FC.FLEET.x'],
      ...['$SYS.REQ.CLAIMS.UPDATE', '$SYS.REQ.SERVER.PING', '$SYS.REQ.USER.INFO'],
    ];
    expect(await refused.publishing(others)).toEqual(others);
  });

  it('hears what is for itself alone', async () => {
    const own = [
      `node.${nodeA}.>`,
      `node.${nodeA}.${epoch}.invoke`,
      `session.${nodeA}.*.in`,
      `${inboxPrefix(nodeA)}.>`,
    ];
    expect(await refused.subscribing(own)).toEqual([]);

    const foreign = [
      ...[
        `node.${nodeB}.>`,
        `node.*.${epoch}.invoke`,
        'node.>',
        `${inboxPrefix(nodeB)}.>`,
        '_INBOX.>',
        '_R_.>',
        '>',
        '*.>',
      ],
      ...[
        `session.${nodeB}.*.in`,
        `session.${nodeA}.*.out`,
        `fleet.${nodeB}.>`,
        'fleet.>',
        `agent.${nodeB}.>`,
        'agent.>',
      ],
      ...['api.>', 'public.>', 'rpc.>', 'events.>', 'ext.>', 'identity.revision', '$KV.>', '$O.>', '$JS.>', '$SYS.>'],
    ];
    expect(await refused.subscribing(foreign)).toEqual(foreign);
  });

  it('answers a request once, and only where it was asked to', async () => {
    const gate = await deployment.connect('commands-fleet');
    const answers: string[] = [];
    const inbox = createInbox(inboxPrefix('commands-fleet'));
    gate.subscribe(inbox, { callback: (_error, message) => void answers.push(message.string()) });
    const asked = next(node, `node.${nodeA}.>`);
    await node.flush();
    gate.publish(subjects.node(nodeA, epoch, 'invoke'), '', { reply: inbox });
    const request = await asked;

    request.respond('first');
    expect(await refused.publishing([inbox, `${inbox}.beside`])).toEqual([inbox, `${inbox}.beside`]);
    await gate.flush();

    expect(answers).toEqual(['first']);
  });
});

describe('a credential that is revoked', () => {
  it('is disconnected and not let in again; others stay', async () => {
    const { publicKey, seed } = natsUserKeys();
    const { accounts, operatorSeed, credsFiles } = deployment.deployment;
    const creds = credsFile(
      userJwt(accounts.fleet, {
        name: nodeA,
        publicKey,
        permissions: nodePermissions(nodeA),
        issuedAt: new Date(1_000),
      }),
      seed,
    );
    const login = { servers: deployment.natsUrl, authenticator: credsAuthenticator(creds), reconnect: false };
    const stolen = await connect(login);
    const other = await deployment.connectAs('fleet', nodeB, nodePermissions(nodeB));

    const revoked = issueAccounts(nkeyFromSeed(operatorSeed), accounts, {
      revocations: { fleet: { [publicKey]: new Date(1_000) } },
    });
    await pushAccounts({ url: deployment.natsUrl, credsFile: credsFiles['sys']!, jwts: [revoked.fleet.jwt] });

    await stolen.closed();
    await expect(connect(login)).rejects.toThrow(/authorization/i);
    await other.flush();
    expect(other.isClosed()).toBe(false);
  });
});

describe('a reply that a node steers', () => {
  let node: NatsConnection;
  let other: NatsConnection;
  beforeAll(async () => {
    node = await deployment.connectAs('fleet', nodeA, nodePermissions(nodeA));
    other = await deployment.connectAs('fleet', nodeB, nodePermissions(nodeB));
  });

  it('into the API of streams does nothing: the accounts are apart', async () => {
    core.publish('events.123456789012.us-east-1.parameters.changed', 'an event');
    await core.flush();
    const before = (await streams.streams.info('EVENTS')).state.messages;

    await steer(node, '$JS.API.STREAM.PURGE.EVENTS');
    await steer(node, '$JS.API.STREAM.DELETE.EVENTS');

    expect(before).toBeGreaterThan(0);
    expect((await streams.streams.info('EVENTS')).state.messages).toBe(before);
  });

  it('into a call of a service is heard by nobody', async () => {
    const targets = ['api.ssm.SendCommand', 'public.muster.EnrolNode', 'rpc.identity.issueNodeCredential'];
    const heard: string[] = [];
    const listening = ['api.>', 'public.>', 'rpc.>'].map((subject) =>
      core.subscribe(subject, { callback: (_error, message) => void heard.push(message.subject) }),
    );
    await core.flush();

    for (const target of targets) await steer(node, target);
    // What was steered is behind us when what is said after it arrives.
    core.publish('api.test.Last');
    await core.flush();
    for (const each of listening) each.unsubscribe();

    expect(heard).toEqual(['api.test.Last']);
  });

  it("into another node's subject arrives there, and is refused for lack of a valid HMAC", async () => {
    const arrived = next(other, `node.${nodeB}.>`);
    await other.flush();
    await steer(node, subjects.node(nodeB, epoch, 'invoke'));
    const message = await arrived;

    expect(message.subject).toBe(subjects.node(nodeB, epoch, 'invoke'));
    expect(message.string()).toContain('"stream":"FLEET"');
    expect(opened(message)).toEqual({ refused: 'not a sealed message' });
  });

  it("carries an answer of a service into another node's subject, where it is refused too", async () => {
    const registry = await deployment.connect('registry');
    // The worst answer: a message that was sealed for the node that asks.
    registry.subscribe('agent.*.hello', { callback: (_error, request) => void request.respond(sealedFor(nodeA)) });
    await registry.flush();
    const arrived = next(other, `node.${nodeB}.>`);
    await other.flush();

    node.publish(subjects.hello(nodeA), '', { reply: subjects.node(nodeB, epoch, 'cancel') });
    const message = await arrived;

    expect(opened(message)).toEqual({ refused: 'not authentic' });
  });

  it('is the only way in: what the gate seals for the node itself is opened', async () => {
    const gate = await deployment.connect('commands-fleet');
    const arrived = next(other, `node.${nodeB}.>`);
    await other.flush();

    gate.publish(subjects.node(nodeB, epoch, 'cancel'), sealedFor(nodeB));

    expect(opened(await arrived)).toMatchObject({ message: { nodeId: nodeB, verb: 'cancel' } });
  });

  /** Publishes to a stream with this reply subject and waits until the stream has answered. */
  async function steer(from: NatsConnection, reply: string): Promise<void> {
    from.publish(subjects.fleet(nodeA, 'status'), '', { reply });
    // The stream answers in order.
    const { seq } = (await from.request(subjects.fleet(nodeA, 'status'), '')).json<{ seq: number }>();
    expect(seq).toBeGreaterThan(1);
  }

  const secret = new Uint8Array(32).fill(1);

  function sealedFor(nodeId: string): Uint8Array {
    return sealNodeMessage(deriveNodeKey(secret, nodeId, 1), 1, {
      ...{ nodeId, epoch, verb: 'cancel', invocationId: 'i1' },
      content: { case: 'cancel', value: { commandId: 'c1' } },
    });
  }

  function opened(message: Msg): ReturnType<typeof openNodeMessage> {
    const verb = message.subject.split('.').at(-1) as 'invoke';
    return openNodeMessage(message.data, { nodeId: nodeB, epoch, verb }, () => deriveNodeKey(secret, nodeB, 1));
  }
});

describe("a subscriber's credential", () => {
  const [own, foreign] = ['orders', 'secrets'];
  const pull = (durable: string): string => `$JS.API.CONSUMER.MSG.NEXT.EVENTS.${durable}`;
  let subscriber: NatsConnection;
  let refused: WhatIsRefused;
  beforeAll(async () => {
    for (const durable of [own, foreign]) {
      await streams.consumers.add('EVENTS', {
        durable_name: durable,
        filter_subject: `events.123456789012.us-east-1.${durable}.>`,
        ack_policy: AckPolicy.Explicit,
      });
    }
    subscriber = await deployment.connectAs('ext', 'sub1', subscriberPermissions(own, 'sub1'));
    refused = new WhatIsRefused(subscriber);
  });

  it('pulls and acknowledges its own durable', async () => {
    for (const text of ['one', 'two']) core.publish(`events.123456789012.us-east-1.${own}.placed`, text);
    core.publish(`events.123456789012.us-east-1.${foreign}.changed`, 'not for them');
    await core.flush();
    const inbox = createInbox(inboxPrefix('sub1'));
    const subscription = subscriber.subscribe(inbox, { max: 2 });
    subscriber.publish(pull(own), JSON.stringify({ batch: 2, expires: 5_000_000_000 }), { reply: inbox });
    const got: string[] = [];
    for await (const message of subscription) {
      got.push(message.string());
      const settled = await subscriber.request(message.reply!, '+ACK');
      expect(settled.data).toHaveLength(0);
    }

    expect(got).toEqual(['one', 'two']);
    expect(await streams.consumers.info('EVENTS', own)).toMatchObject({ num_ack_pending: 0, num_pending: 0 });
    expect(await streams.consumers.info('EVENTS', foreign)).toMatchObject({ delivered: { consumer_seq: 0 } });
  });

  it('reaches nothing else', async () => {
    const publish = [
      ...[pull(foreign), '$JS.API.CONSUMER.MSG.NEXT.FLEET.commands-take-status', `$JS.ACK.EVENTS.${foreign}.1.1.1.1.0`],
      ...[
        `$JS.API.CONSUMER.INFO.EVENTS.${own}`,
        `$JS.API.CONSUMER.INFO.EVENTS.${foreign}`,
        '$JS.API.STREAM.INFO.EVENTS',
      ],
      ...['$JS.API.CONSUMER.CREATE.EVENTS.x', `$JS.API.CONSUMER.DELETE.EVENTS.${own}`, '$JS.API.STREAM.PURGE.EVENTS'],
      ...['api.ssm.SendCommand', 'public.muster.EnrolNode', 'rpc.identity.policiesOf', 'identity.revision'],
      ...['events.123456789012.us-east-1.orders.placed', 'ext.123456789012.x', subjects.node(nodeA, epoch, 'invoke')],
      ...[subjects.hello(nodeA), subjects.fleet(nodeA, 'status'), '_INBOX.x', `${inboxPrefix('sub2')}.x`, '_R_.x'],
      ...['$SYS.REQ.CLAIMS.UPDATE'],
    ];
    expect(await refused.publishing(publish)).toEqual(publish);

    const subscribe = [
      ...[
        '>',
        'events.>',
        'ext.>',
        'ext.123456789012.>',
        'api.>',
        'rpc.>',
        'node.>',
        'agent.>',
        'fleet.>',
        '$JS.>',
        '$SYS.>',
      ],
      ...['_INBOX.>', `${inboxPrefix('sub2')}.>`, '_R_.>'],
    ];
    expect(await refused.subscribing(subscribe)).toEqual(subscribe);
  });

  it('cannot steer an event into a call of a service', async () => {
    const heard: string[] = [];
    const listening = core.subscribe('api.>', { callback: (_error, message) => void heard.push(message.subject) });
    core.publish(`events.123456789012.us-east-1.${own}.placed`, 'steered');
    await core.flush();

    expect(await refused.publishingWithReply(pull(own), 'api.ssm.SendCommand')).toBe(false);
    // Pulls are served in order: when this one is answered, the steered one was dealt with.
    // (`noMux`: an event arrives under its own subject, by which the client finds no request.)
    const ask = { noMux: true, reply: createInbox(inboxPrefix('sub1')), timeout: 4_000 };
    const answer = await subscriber.request(pull(own), JSON.stringify({ batch: 1, expires: 4_000_000_000 }), ask);
    expect(answer.string()).toBe('steered');
    core.publish('api.test.Last');
    await core.flush();
    listening.unsubscribe();

    expect(heard).toEqual(['api.test.Last']);
  });
});

describe('a service', () => {
  // What nobody may unless it is said here: [subject, who may].
  const publish: [string, string[]][] = [
    ['api.ssm.SendCommand', ['gateway']],
    ['public.muster.EnrolNode', ['gateway']],
    ['rpc.identity.signingKey', ['gateway']],
    ['rpc.identity.issueNodeCredential', ['registry']],
    ['rpc.registry.routesOf', ['commands']],
    ['identity.revision', ['identity']],
    ...['identity', 'registry', 'parameters', 'commands', 'events'].map((service): [string, string[]] => [
      `events.123456789012.us-east-1.${service}.happened`,
      [service],
    ]),
    [subjects.node(nodeA, epoch, 'invoke'), ['commands-fleet']],
    [subjects.fleet(nodeA, 'status'), []],
    [subjects.hello(nodeA), []],
    [`${inboxPrefix(nodeA)}.x`, []],
    ['$JS.API.STREAM.PURGE.EVENTS', []],
    ['$JS.API.STREAM.DELETE.EVENTS', []],
    ['$JS.API.STREAM.DELETE.FLEET', []],
    ['$JS.API.STREAM.UPDATE.EVENTS', ['setup']],
    ['$JS.API.CONSUMER.DELETE.FLEET.commands-take-status', ['commands']],
    ['$JS.API.CONSUMER.MSG.NEXT.EVENTS.commands-wake-node', ['commands']],
    ['$JS.ACK.EVENTS.commands-wake-node.1.1.1.1.0', ['commands']],
    ['$JS.API.CONSUMER.CREATE.FLEET.intruder.fleet.>', []],
    ['$KV.operations.ssm.PutParameter', ['registry', 'parameters', 'commands']],
    ['$KV.operations.sts.GetCallerIdentity', ['identity']],
    ['$O.objects.C.x', ['commands']],
    ['$SYS.REQ.CLAIMS.UPDATE', []],
    ['ext.123456789012.x', []],
  ];
  const subscribe: [string, string[]][] = [
    ['>', []],
    ['api.>', []],
    ['api.sts.*', ['identity']],
    ['public.muster.*', ['registry']],
    ['rpc.identity.*', ['identity']],
    ['rpc.registry.*', ['registry']],
    ['agent.*.hello', ['registry']],
    ['agent.*.renew', ['identity']],
    ['fleet.*.status', []],
    ['node.>', []],
    ['events.>', []],
    ['_INBOX.>', []],
    ['$SYS.>', []],
    ['$JS.>', []],
    ['$KV.>', []],
    ...Object.keys(busUsers).map((user): [string, string[]] => [`${inboxPrefix(user)}.>`, [user]]),
  ];

  it.each(Object.keys(busUsers))('"%s" may what it is there for and nothing else', async (user) => {
    const refused = new WhatIsRefused(await deployment.connect(user));
    const denied = (table: [string, string[]][]): string[] =>
      table.filter(([, who]) => !who.includes(user)).map(([subject]) => subject);

    expect(await refused.publishing(publish.map(([subject]) => subject))).toEqual(denied(publish));
    expect(await refused.subscribing(subscribe.map(([subject]) => subject))).toEqual(denied(subscribe));
  });
});

function next(connection: NatsConnection, subject: string): Promise<Msg> {
  return new Promise((resolve, reject) => {
    connection.subscribe(subject, { max: 1, callback: (error, message) => (error ? reject(error) : resolve(message)) });
  });
}
