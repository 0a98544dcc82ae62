import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { BusConnection, CallMac, deriveGatewayKey } from '@muster/bus';
import { Database } from '@muster/persistence';
import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { type MsgHdrs, headers } from '@nats-io/transport-node';

import { type TestAccount, serviceUnderTest } from '../src/index.js';
import { Notes } from './bus/ledger.js';

// What arrives at an operation without having passed the gateway, from somebody who has the whole bus.

const service = serviceUnderTest(Notes);
const subject = 'api.ssm.PutParameter';

const sealOf = (name: string): CallMac => {
  const secret = readFileSync(service.deployment.deployment.callerSecretFile, 'utf8');
  return new CallMac(deriveGatewayKey(Buffer.from(secret, 'base64'), name));
};

/** A call as somebody would write it who wants to be the root of an account. */
function aCall({ caller }: TestAccount): { set: MsgHdrs; body: Buffer; name: string } {
  const set = headers();
  set.set('Muster-Caller', Buffer.from(JSON.stringify(caller)).toString('base64'));
  set.set('Muster-Request-Id', randomUUID());
  set.set('Muster-Deadline-Ms', '10000');
  const name = randomUUID();
  return { set, name, body: Buffer.from(JSON.stringify({ Name: name, Value: 'forged' })) };
}

/** Nobody answered, nothing was written, also not behind what was asked after it. */
async function nothingHappened(name: string): Promise<void> {
  const { ssm } = service.newAccount();
  // Of the same subscription, so what came before has been looked at.
  await ssm('PutParameter', { Name: randomUUID(), Value: 'honest' });
  expect(await service.running().get(Database).query('SELECT name FROM note WHERE name = $1', [name])).toEqual([]);
}

describe('a forged call', () => {
  it.each<[string, (call: ReturnType<typeof aCall>) => { set: MsgHdrs; body: Buffer } | void]>([
    ['without a seal', () => undefined],
    ['with a seal of its own making', ({ set, body }) => new CallMac(new Uint8Array(32)).seal(subject, set, body)],
    ["with another service's key", ({ set, body }) => sealOf('parameters').seal(subject, set, body)],
    ['with the seal of another subject', ({ set, body }) => sealOf('registry').seal('api.ssm.GetParameter', set, body)],
    [
      'with the seal of another caller',
      ({ set, body }) => {
        const caller = set.get('Muster-Caller');
        set.set('Muster-Caller', Buffer.from('{}').toString('base64'));
        sealOf('registry').seal(subject, set, body);
        set.set('Muster-Caller', caller);
      },
    ],
    ['with the seal of another body', ({ set }) => sealOf('registry').seal(subject, set, Buffer.from('{}'))],
  ])('%s is neither done nor answered', async (_how, forge) => {
    const call = aCall(service.newAccount());
    forge(call);
    const answered: string[] = [];
    const reply = `_INBOX_gateway.forged.${call.name}`;
    const inbox = service.nats.subscribe(reply, { callback: (_error, msg) => void answered.push(msg.string()) });
    service.nats.publish(subject, call.body, { headers: call.set, reply });

    await nothingHappened(call.name);
    expect(answered).toEqual([]);
    inbox.unsubscribe();
  });

  it('is done when only the seal was missing: the tests above fail for this alone', async () => {
    const { set, body, name } = aCall(service.newAccount());
    sealOf('registry').seal(subject, set, body);
    expect(
      (await service.nats.request(subject, body, { headers: set, timeout: 5_000 })).headers!.get('Muster-Status'),
    ).toBe('200');
    expect(await service.running().get(Database).query('SELECT name FROM note WHERE name = $1', [name])).toHaveLength(
      1,
    );
  });

  it('that a stream is made to deliver is not done', async () => {
    const account = service.newAccount();
    const { set, body, name } = aCall(account);
    const streams = await jetstreamManager(service.nats);
    const event = `events.${account.account}.us-east-1.registry.steered`;
    await streams.consumers.add('EVENTS', {
      name: `steered-${name}`,
      deliver_subject: subject,
      filter_subject: event,
      ack_policy: AckPolicy.None,
    });
    const seen: string[] = [];
    const spectator = service.nats.subscribe(subject, { callback: (_error, msg) => void seen.push(msg.string()) });
    const arrived = new Promise<void>((resolve) => {
      const watching = service.nats.subscribe(subject, {
        callback: (_error, msg) => {
          if (msg.string().includes(name)) resolve(watching.unsubscribe());
        },
      });
    });
    await service.nats.request(event, body, { headers: set, timeout: 5_000 });
    await arrived;

    await nothingHappened(name);
    expect(seen[0]).toContain('forged');
    spectator.unsubscribe();
  });
});

describe('an operation that two services claim', () => {
  it('stays with the one that started last, and the other does not take it back', async () => {
    const { ssm } = service.newAccount();
    await ssm('PutParameter', { Name: randomUUID(), Value: 'a' });
    const bucket = await new Kvm(service.nats).open('operations', { allow_direct: true });
    expect((await bucket.get('ssm.PutParameter'))!.string()).toBe('registry');

    await bucket.put('ssm.PutParameter', 'parameters');
    const before = (await bucket.get('ssm.PutParameter'))!.revision;
    // At a restart it claims what is its own by its module.
    await service.restart();
    const after = (await bucket.get('ssm.PutParameter'))!;
    expect(after.string()).toBe('registry');
    expect(after.revision).toBeGreaterThan(before);
    expect(service.running().get(BusConnection).isUp).toBe(true);
  });
});
