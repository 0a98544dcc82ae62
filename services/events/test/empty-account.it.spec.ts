import { EventsSandbox } from '@muster/contracts';
import { Database } from '@muster/persistence';
import { serviceUnderTest } from '@muster/testing';
import { jetstreamManager } from '@nats-io/jetstream';

import { EventsModule } from '../src/module.js';
import type { NewSubscription } from './subscriber.js';

describe('emptying an account', () => {
  const service = serviceUnderTest(EventsModule);
  const empty = (account: string) =>
    service.rpc(EventsSandbox.method.emptyAccount, { account, madeUntilMs: BigInt(Date.now()) });

  it('ends its subscriptions and what they reach, and no others', async () => {
    const one = service.newAccount();
    const other = service.newAccount();
    const { Subscription } = await one.call<NewSubscription>('muster', 'CreateSubscription', { Name: 'audit' });
    await other.call('muster', 'CreateSubscription', { Name: 'audit' });
    const durable = Subscription.PullSubject.split('.').at(-1)!;
    const manager = await jetstreamManager(service.nats);
    expect(await manager.consumers.info('EVENTS', durable)).toMatchObject({ name: durable });

    expect(await empty(one.account)).toMatchObject({ removed: { subscriptions: 1 }, more: false });
    await expect(manager.consumers.info('EVENTS', durable)).rejects.toThrow(/consumer not found/);
    expect(await one.call('muster', 'ListSubscriptions', {})).toEqual({ Subscriptions: [] });
    await one.events.next('events.subscription-deleted', { data: { name: 'audit' } });
    expect(await other.call('muster', 'ListSubscriptions', {})).toMatchObject({ Subscriptions: [{ Name: 'audit' }] });
    expect(await empty(one.account)).toMatchObject({ removed: { subscriptions: 0 }, more: false });
  });

  it('knows every table in which something is of an account', async () => {
    const tables = await service
      .running()
      .get(Database)
      .query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'events' AND column_name = 'account' ORDER BY table_name`,
      );
    // One more? Then emptying an account removes what lies in it, or says why it stays.
    expect(tables.map(({ name }) => name)).toEqual(['subscription']);
  });
});
