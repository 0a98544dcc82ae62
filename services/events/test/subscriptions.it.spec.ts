import { randomUUID } from 'node:crypto';

import { decodeNatsJwt, parseCreds } from '@muster/keys';
import { Database } from '@muster/persistence';
import { type TestAccount, WhatIsRefused, expectSchemaFile, serviceUnderTest } from '@muster/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';

import { durableName } from '../src/domain/durable-name.js';
import { Durables } from '../src/durables.js';
import { EventsModule } from '../src/module.js';
import { ReconcileDurables } from '../src/sweeps/reconcile-durables.js';
import { type NewSubscription, Subscriber } from './subscriber.js';

describe('subscriptions', () => {
  const service = serviceUnderTest(EventsModule, { env: { MUSTER_EVENTS_SUBSCRIPTIONS_PER_ACCOUNT: '3' } });
  const open: Subscriber[] = [];
  let streams: JetStreamManager;

  beforeAll(async () => {
    streams = await jetstreamManager(service.nats);
  });
  afterAll(async () => {
    for (const each of open) await each.nats.close();
  });

  const muster = (account: TestAccount, operation: string, input: object, how?: object) =>
    account.call<NewSubscription>('muster', operation, input, how);
  const create = (account: TestAccount, input: object, how?: object) =>
    muster(account, 'CreateSubscription', input, how);

  async function connect(subscription: NewSubscription): Promise<Subscriber> {
    const subscriber = await Subscriber.connect(subscription);
    open.push(subscriber);
    return subscriber;
  }

  /** An event as a service's relay publishes it; returns when the stream has it. */
  async function happens({ account }: { account: string }, what: string, id: string = randomUUID()): Promise<string> {
    const set = headers();
    set.set('Nats-Msg-Id', id);
    await service.nats.request(`events.${account}.${what}`, JSON.stringify({ id }), { headers: set, timeout: 5_000 });
    return id;
  }

  const ids = (events: { id: string }[]) => events.map((each) => each.id);

  describe('a subscriber', () => {
    it('pulls and acknowledges the events of its account and region, in their order, from then on', async () => {
      const account = service.newAccount();
      await happens(account, 'us-east-1.parameters.changed');
      const subscriber = await connect(await create(account, { Name: 'audit' }));
      // Its own making is the first that it hears of, and who made it.
      expect(await subscriber.take(2)).toMatchObject([
        { type: 'muster.events.subscription-created' },
        { type: 'muster.events.audited' },
      ]);
      const first = await happens(account, 'us-east-1.parameters.changed');
      await happens(account, 'eu-west-1.parameters.changed');
      await happens(service.newAccount(), 'us-east-1.parameters.changed');
      const second = await happens(account, 'us-east-1.commands.invocation-status-changed');

      expect(ids(await subscriber.take(2))).toEqual([first, second]);
      expect(await subscriber.ask()).toMatch(/^404/);
    });

    it('gets what it did not acknowledge again', async () => {
      const account = service.newAccount();
      const subscriber = await connect(await create(account, { Name: 'again', EventType: 'parameters' }));
      const id = await happens(account, 'us-east-1.parameters.changed');
      const [message] = await subscriber.pull(1);
      await subscriber.nats.request(message!.reply!, '-NAK', { timeout: 5_000 });
      expect(ids(await subscriber.take(1))).toEqual([id]);
    });

    it('may want one service, one kind of event, and what was before', async () => {
      const account = service.newAccount();
      const changed = await happens(account, 'us-east-1.parameters.changed');
      const finished = await happens(account, 'us-east-1.commands.finished');
      const started = await happens(account, 'us-east-1.commands.started');

      const Start = 'Beginning';
      const one = await connect(await create(account, { Name: 'one', Start, EventType: 'commands.started' }));
      const some = await connect(await create(account, { Name: 'some', Start, EventType: 'commands' }));
      const all = await connect(await create(account, { Name: 'all', Start }));
      expect(ids(await one.take(1))).toEqual([started]);
      expect(ids(await some.take(2))).toEqual([finished, started]);
      expect(ids(await all.take(3))).toEqual([changed, finished, started]);
    });
  });

  describe('a credential', () => {
    it('reaches its own durable and nothing else', async () => {
      const account = service.newAccount();
      const { Subscription: other } = await create(account, { Name: 'other' });
      const own = await create(account, { Name: 'own' });
      const subscriber = await connect(own);
      const refused = new WhatIsRefused(subscriber.nats);
      const { Durable, PullSubject } = own.Subscription;

      expect(await refused.publishing([PullSubject, `$JS.ACK.EVENTS.${Durable}.1.1.1.1.0`])).toEqual([]);
      const publish = [
        other.PullSubject,
        `$JS.ACK.EVENTS.${other.Durable}.1.1.1.1.0`,
        '$JS.API.CONSUMER.MSG.NEXT.FLEET.commands-take-status',
        '$JS.API.STREAM.INFO.EVENTS',
        '$JS.API.STREAM.PURGE.EVENTS',
        `$JS.API.CONSUMER.INFO.EVENTS.${Durable}`,
        `$JS.API.CONSUMER.DELETE.EVENTS.${other.Durable}`,
        '$JS.API.CONSUMER.CREATE.EVENTS.mine',
        'api.ssm.GetParameter',
        'public.muster.EnrolNode',
        'rpc.identity.policiesOf',
        `events.${account.account}.us-east-1.parameters.changed`,
        `ext.${account.account}.x`,
        'node.mi-0.1.invoke',
        `${other.InboxPrefix}.1`,
        '$SYS.REQ.CLAIMS.UPDATE',
      ];
      expect(await refused.publishing(publish)).toEqual(publish);
      const subscribe = ['>', 'events.>', 'api.>', 'ext.>', '$JS.>', '_INBOX.>', `${other.InboxPrefix}.>`, '$SYS.>'];
      expect(await refused.subscribing(subscribe)).toEqual(subscribe);
    });

    it('cannot steer an event into a subject of the services', async () => {
      const account = service.newAccount();
      const own = await create(account, { Name: 'steers', EventType: 'parameters' });
      const subscriber = await connect(own);
      const heard: string[] = [];
      const listening = service.nats.subscribe('api.>', { callback: (_error, msg) => void heard.push(msg.subject) });
      await service.nats.flush();

      const pull = JSON.stringify({ batch: 1, expires: 4_000_000_000 });
      subscriber.nats.publish(own.Subscription.PullSubject, pull, { reply: 'api.ssm.DeleteParameter' });
      await subscriber.nats.flush();
      await happens(account, 'us-east-1.parameters.changed');
      const last = await happens(account, 'us-east-1.parameters.changed');
      // Pulls are served in order: when this one has got the last, the steered one was dealt with.
      for (let id; id !== last;) [id] = ids(await subscriber.take(1));
      service.nats.publish('api.test.Last');
      await service.nats.flush();
      listening.unsubscribe();
      expect(heard).toEqual(['api.test.Last']);
    });

    it('ends by itself, is shown once, and stands nowhere', async () => {
      const account = service.newAccount();
      const { Subscription, Credential } = await create(account, { Name: 'secret' }, { invocationId: randomUUID() });
      const { jwt, seed } = parseCreds(Credential);
      const expiresAt = Number(Subscription.CredentialExpiresAt);
      expect(decodeNatsJwt(jwt)).toMatchObject({ exp: expiresAt });
      expect(expiresAt * 1000 - Date.now()).toBeGreaterThan(89 * 24 * 3_600_000);

      const described = await muster(account, 'DescribeSubscription', { Name: 'secret' });
      expect(described).toEqual({ Subscription });
      const kept = await service
        .running()
        .get(Database)
        .query(
          `SELECT row_to_json(s)::text AS text FROM subscription s
         UNION ALL SELECT body FROM outbox UNION ALL SELECT encode(answer, 'escape') FROM answered_call`,
        );
      expect(kept.length).toBeGreaterThan(2);
      expect(JSON.stringify(kept)).not.toContain(seed);
      expect(JSON.stringify(kept)).not.toContain(jwt.slice(0, 20));
    });

    it('is replaced before anything was acknowledged: what was before the subscription does not come', async () => {
      const account = service.newAccount();
      await happens(account, 'us-east-1.parameters.changed');
      await create(account, { Name: 'fresh', EventType: 'parameters' });
      const first = await happens(account, 'us-east-1.parameters.changed');
      await muster(account, 'RotateSubscriptionCredential', { Name: 'fresh' });
      const after = await connect(await muster(account, 'RotateSubscriptionCredential', { Name: 'fresh' }));
      expect(ids(await after.take(1))).toEqual([first]);
    });

    it('is replaced: the new one goes on where the old one was, the old one reaches nothing', async () => {
      const account = service.newAccount();
      const made = await create(account, { Name: 'rotated', EventType: 'parameters' });
      const before = await connect(made);
      await happens(account, 'us-east-1.parameters.changed');
      await before.take(1);
      const left = await happens(account, 'us-east-1.parameters.changed');
      expect(await before.pull(1)).toHaveLength(1);

      const rotated = await muster(account, 'RotateSubscriptionCredential', { Name: 'rotated' });
      expect(rotated.Subscription).toMatchObject({ Name: 'rotated', Subject: made.Subscription.Subject });
      const later = await happens(account, 'us-east-1.parameters.changed');
      expect(await before.ask()).not.toMatch(/^404|^\{/);
      const after = await connect(rotated);
      expect(ids(await after.take(2))).toEqual([left, later]);
      await account.events.next('events.subscription-credential-rotated', { data: { name: 'rotated' } });
    });
  });

  describe('a subscription', () => {
    it('is described, listed page by page, and seen by its own account and region only', async () => {
      const account = service.newAccount();
      const { Subscription } = await create(account, { Name: 'b', EventType: 'parameters.changed' });
      await create(account, { Name: 'a' });
      expect(Subscription).toMatchObject({
        Name: 'b',
        Arn: `arn:aws:muster:us-east-1:${account.account}:subscription/b`,
        EventType: 'parameters.changed',
        Stream: 'EVENTS',
        Urls: [service.deployment.natsUrl],
        CreatedAt: expect.any(Number),
      });

      const list = (input: object, from: TestAccount = account) =>
        from.call<{ Subscriptions: { Name: string }[]; NextToken?: string }>('muster', 'ListSubscriptions', input);
      const first = await list({ MaxResults: 1 });
      expect(first.Subscriptions).toMatchObject([{ Name: 'a' }]);
      const second = await list({ MaxResults: 1, NextToken: first.NextToken });
      expect(second.Subscriptions).toEqual([Subscription]);
      expect(second).not.toHaveProperty('NextToken');

      const stranger = service.newAccount();
      expect(await list({}, stranger)).toEqual({ Subscriptions: [] });
      for (const operation of ['DescribeSubscription', 'RotateSubscriptionCredential', 'DeleteSubscription'])
        await expect(muster(stranger, operation, { Name: 'b' })).rejects.toMatchObject({
          code: 'SubscriptionNotFound',
        });
    });

    it('has a name of its own, and there are no more than the account may have', async () => {
      const account = service.newAccount();
      const durables = async () => (await service.running().get(Durables).all()).durables.length;
      for (const Name of ['a', 'b']) await create(account, { Name });
      const before = await durables();
      await expect(create(account, { Name: 'a' })).rejects.toMatchObject({ code: 'SubscriptionAlreadyExists' });
      await create(account, { Name: 'c' });
      await expect(create(account, { Name: 'd' })).rejects.toMatchObject({ code: 'SubscriptionLimitExceeded' });
      expect(await durables()).toBe(before + 1);
    });

    it('is made once when its call is repeated: the answer, credential and all, is the same', async () => {
      const account = service.newAccount();
      const how = { invocationId: randomUUID() };
      const answers = [await create(account, { Name: 'once' }, how), await create(account, { Name: 'once' }, how)];
      expect(answers[1]).toEqual(answers[0]);
      await happens(account, 'us-east-1.parameters.changed');
      const subscriber = await connect(answers[1]!);
      expect(await subscriber.take(1)).toHaveLength(1);
    });

    it('that is deleted takes along what its credential reached, also when one of its name is made anew', async () => {
      const account = service.newAccount();
      const made = await create(account, { Name: 'gone' });
      const subscriber = await connect(made);
      const how = { invocationId: randomUUID() };
      expect(await muster(account, 'DeleteSubscription', { Name: 'gone' }, how)).toEqual({});
      expect(await muster(account, 'DeleteSubscription', { Name: 'gone' }, how)).toEqual({});
      await account.events.next('events.subscription-deleted', { data: { name: 'gone' } });

      await create(account, { Name: 'gone', Start: 'Beginning' });
      expect(await subscriber.ask()).not.toMatch(/^404|^\{/);
      expect(
        await streams.consumers.info('EVENTS', made.Subscription.Durable).catch((error: Error) => error.name),
      ).toBe('ConsumerNotFoundError');
    });

    it.each([
      [{ Name: '' }, /length greater than or equal to 1/],
      [{ Name: 'a.b' }, /regular expression/],
      [{ Name: 'a', EventType: '>' }, /regular expression/],
      [{ Name: 'a', EventType: 'parameters.*' }, /regular expression/],
      [{ Name: 'a', Start: 'Later' }, /enum/],
    ])('is not made of %j', async (input, message) => {
      await expect(create(service.newAccount(), input)).rejects.toMatchObject({
        code: 'ValidationException',
        message: expect.stringMatching(message),
      });
    });

    it('is made by whom a policy permits it', async () => {
      const account = service.newAccount();
      const Resource = [`arn:aws:muster:us-east-1:${account.account}:subscription/mine-*`];
      const caller = account.user('eve', { Statement: [{ Effect: 'Allow', Action: ['muster:*'], Resource }] });
      await create(account, { Name: 'mine-1' }, { caller });
      await expect(create(account, { Name: 'yours' }, { caller })).rejects.toMatchObject({
        code: 'AccessDeniedException',
      });
    });
  });

  describe('what a crash may leave', () => {
    const sweep = () => service.running().get(ReconcileDurables).sweep();
    const exists = (name: string) =>
      streams.consumers.info('EVENTS', name).then(
        () => true,
        () => false,
      );

    it('a durable without a subscription is removed, but not one that is just being made', async () => {
      const at = (ms: number) =>
        durableName(`${ms.toString(16).padStart(12, '0')}7${randomUUID().replaceAll('-', '').slice(0, 19)}`);
      const [old, young] = [at(Date.now() - 6 * 60_000), at(Date.now())];
      for (const name of [old, young]) await service.running().get(Durables).make(name, 'events.1.>', 'now');
      await sweep();
      expect([await exists(old), await exists(young)]).toEqual([false, true]);
    });

    it('a subscription whose durable the broker has lost gets it again, and what the stream holds since', async () => {
      const account = service.newAccount();
      await happens(account, 'us-east-1.parameters.changed');
      const made = await create(account, { Name: 'lost', EventType: 'parameters' });
      const { Durable } = made.Subscription;
      const subscriber = await connect(made);
      const id = await happens(account, 'us-east-1.parameters.changed');
      await streams.consumers.delete('EVENTS', Durable);
      await sweep();
      expect(await exists(Durable)).toBe(false);

      const database = service.running().get(Database);
      await database.query(`UPDATE subscription SET missing_since = missing_since - interval '2 minutes'`);
      await sweep();
      expect(ids(await subscriber.take(1))).toEqual([id]);
      await sweep();
      const left = await database.query(`SELECT FROM subscription WHERE missing_since IS NOT NULL`);
      expect(left).toEqual([]);
    });
  });

  it('announces what is made', async () => {
    const account = service.newAccount();
    await create(account, { Name: 'told', EventType: 'parameters' });
    expect(await account.events.next('events.subscription-created')).toMatchObject({
      subject: `arn:aws:muster:us-east-1:${account.account}:subscription/told`,
      data: { name: 'told', eventType: 'parameters' },
    });
  });

  it('has the schema that is committed', async () => {
    await expectSchemaFile(service.deployment.databaseUrl!, 'events', new URL('../schema.sql', import.meta.url));
  });
});
