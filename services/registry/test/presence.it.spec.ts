import { create, toBinary } from '@bufbuild/protobuf';
import { HelloSchema, Registry } from '@muster/contracts';
import { Database } from '@muster/persistence';
import { type TestAccount, serviceUnderTest } from '@muster/testing';

import { RegistryModule } from '../src/module.js';
import { CredentialIssuer, Machines, someNodes } from './a-fleet.js';

interface Information {
  InstanceInformationList: { InstanceId: string; PingStatus: string; ComputerName: string; PlatformName: string }[];
}

describe('presence', () => {
  // Three seconds of silence end it.
  const env = { MUSTER_REGISTRY_HEARTBEAT_EVERY_MS: '1000', MUSTER_REGISTRY_MISSED_HEARTBEATS: '3' };
  const service = serviceUnderTest(RegistryModule, { env });
  let machines: Machines;
  beforeAll(async () => {
    new CredentialIssuer(service);
    machines = await Machines.connect(service);
  });

  const routeOf = async (nodeId: string) => {
    const { routes } = await service.rpc(Registry.method.routesOf, { nodeIds: [nodeId] });
    return routes[0];
  };
  const shown = async (account: TestAccount, nodeId: string) => {
    const Filters = [{ Key: 'InstanceIds', Values: [nodeId] }];
    const answer = await account.ssm<Information>('DescribeInstanceInformation', { Filters });
    return answer.InstanceInformationList[0]!;
  };
  const sql = (text: string, values: unknown[] = []) => service.running().get(Database).query(text, values);

  it('begins with a hello, which grants an epoch and brings the facts', async () => {
    const account = service.newAccount();
    const [nodeId] = await someNodes(account, 1);
    const before = await routeOf(nodeId!);
    expect(before).toMatchObject({ nodeId, keyGeneration: 1 });
    expect(before!.epoch).toBeUndefined();

    const machine = machines.as(nodeId!);
    const answer = await machine.hello({ platformType: 'Linux', platformName: 'Alpine', computerName: 'renamed' });
    expect(answer.refused).toBeUndefined();
    expect(answer.heartbeatEveryMs).toBe(1000n);
    expect(Math.abs(Number(answer.clockSkewMs))).toBeLessThan(5000);
    expect(await routeOf(nodeId!)).toMatchObject({ epoch: answer.epoch });
    expect(await shown(account, nodeId!)).toMatchObject({
      PingStatus: 'Online',
      PlatformName: 'Alpine',
      ComputerName: 'renamed',
    });
    await account.events.next('registry.node-connected', { data: { nodeId, epoch: answer.epoch } });
  });

  it('has one epoch for a hello that is repeated, and another for another connection', async () => {
    const account = service.newAccount();
    const [nodeId] = await someNodes(account, 1);
    const machine = machines.as(nodeId!);
    const repeated = await Promise.all(Array.from({ length: 5 }, () => machine.hello()));
    expect(new Set(repeated.map((answer) => answer.epoch)).size).toBe(1);
    const { epoch } = await machine.reconnect().hello();
    expect(epoch).not.toBe(repeated[0]!.epoch);

    await account.events.next('registry.node-connected', { data: { epoch: repeated[0]!.epoch } });
    await account.events.next('registry.node-connected', { data: { epoch } });
    expect(account.events.pending().filter((event) => event.type.endsWith('node-connected'))).toEqual([]);
  });

  it('ends when heartbeats stop, and begins again with the next one', async () => {
    const account = service.newAccount();
    const [nodeId] = await someNodes(account, 1);
    const machine = machines.as(nodeId!);
    const { epoch } = await machine.hello();
    await account.events.next('registry.node-connected');
    await account.events.next('registry.node-disconnected', { data: { nodeId } });
    expect(await shown(account, nodeId!)).toMatchObject({ PingStatus: 'ConnectionLost' });
    expect((await routeOf(nodeId!))!.epoch).toBeUndefined();

    machine.beat();
    await account.events.next('registry.node-connected', { data: { nodeId, epoch } });
    expect(await routeOf(nodeId!)).toMatchObject({ epoch });
  });

  it('goes on as long as heartbeats come', async () => {
    const account = service.newAccount();
    const [living, silent] = await someNodes(account, 2);
    const alive = machines.as(living!);
    await alive.hello();
    await machines.as(silent!).hello();
    const beating = setInterval(() => alive.beat(), 200);
    try {
      await account.events.next('registry.node-disconnected', { data: { nodeId: silent } });
      // Two more, one after the other: several times as long as a node may be silent.
      for (let round = 0; round < 2; round++) {
        await machines.as(silent!).hello();
        await account.events.next('registry.node-disconnected', { data: { nodeId: silent } });
      }
    } finally {
      clearInterval(beating);
    }
    expect(await shown(account, living!)).toMatchObject({ PingStatus: 'Online' });
    expect(account.events.pending().filter((event) => event.type.endsWith('node-disconnected'))).toEqual([]);
  });

  it('is not ended by time in which nobody listened; one event says so', async () => {
    const account = service.newAccount();
    const [nodeId] = await someNodes(account, 1);
    const { epoch } = await machines.as(nodeId!).hello();
    await account.events.next('registry.node-connected');
    // An hour ago registry listened for the last time, and the node was alive.
    await sql(
      `WITH before AS (UPDATE observation SET listened_until = listened_until - interval '1 hour' RETURNING *)
       UPDATE presence SET connected = true, last_seen_at = before.listened_until - interval '1 second',
              deadline_at = before.listened_until + interval '1 second'
         FROM before WHERE node_id = $1`,
      [nodeId],
    );
    const resumed = await account.events.next<{ gapMs: number }>('registry.observation-resumed');
    expect(resumed.data.gapMs).toBeGreaterThan(3_500_000);
    expect((await routeOf(nodeId!))!.epoch).toBe(epoch);
    // It was given the rest of its time, and no more.
    await account.events.next('registry.node-disconnected', { data: { nodeId } });
  });

  it('of a cloned machine is ended for both, with an event and the next step', async () => {
    const account = service.newAccount();
    const [nodeId] = await someNodes(account, 1);
    const original = machines.as(nodeId!, { fingerprint: 'machine-a' });
    const clone = machines.as(nodeId!, { fingerprint: 'machine-b', bootId: 'boot-b' });
    await original.hello();
    const beating = setInterval(() => {
      original.beat();
      void clone.hello();
    }, 200);
    try {
      const cloned = await account.events.next('registry.node-cloned', { data: { nodeId } });
      expect(cloned.data).toMatchObject({ fingerprints: ['machine-a', 'machine-b'] });
    } finally {
      clearInterval(beating);
    }
    for (const machine of [original, clone]) {
      expect((await machine.hello()).refused).toMatch(/deregister-managed-instance.*register each machine anew/);
    }
    const route = await routeOf(nodeId!);
    expect(route!.blocked).toMatch(/Two machines/);
    expect(route!.epoch).toBeUndefined();
  });

  it('moves to another machine once the first is gone', async () => {
    const account = service.newAccount();
    const [nodeId] = await someNodes(account, 1);
    await machines.as(nodeId!, { fingerprint: 'machine-a' }).hello();
    const second = machines.as(nodeId!, { fingerprint: 'machine-b' });
    expect((await second.hello()).refused).toMatch(/Another machine with this identity is alive/);
    await account.events.next('registry.node-disconnected', { data: { nodeId } });
    expect((await second.hello()).refused).toBeUndefined();
    expect((await routeOf(nodeId!))!.epoch).toBe(second.epoch);
  });

  it('is refused to who is not registered, or not any more', async () => {
    const account = service.newAccount();
    const [nodeId] = await someNodes(account, 1);
    const machine = machines.as(nodeId!);
    await machine.hello();
    await account.ssm('DeregisterManagedInstance', { InstanceId: nodeId });
    expect((await machine.hello()).refused).toMatch(/is not registered.*muster-agent register/);
    expect(await routeOf(nodeId!)).toBeUndefined();
  });

  it('is not disturbed by rubbish, forged names and control characters', async () => {
    const account = service.newAccount();
    const [nodeId, other] = await someNodes(account, 2);
    const machine = machines.as(nodeId!);
    machine.say(Buffer.from('rubbish'));
    const forged = create(HelloSchema, { nodeId: other!, fingerprint: 'f', bootId: 'b', connectionId: 'c' });
    let forgedWasAnswered = false;
    void machine.ask(toBinary(HelloSchema, forged)).then(
      () => (forgedWasAnswered = true),
      () => undefined,
    );
    const answers = await Promise.all([
      machine.hello({ computerName: '\u0000\u0007bell', platformName: '🦊'.repeat(400) }),
      machines.as(other!).hello(),
    ]);
    expect(answers.map((answer) => answer.refused)).toEqual([undefined, undefined]);
    expect(await shown(account, nodeId!)).toMatchObject({ ComputerName: 'bell', PlatformName: '🦊'.repeat(256) });
    // It came before those that were answered.
    expect(forgedWasAnswered).toBe(false);
  });
});

describe('each of three thousand nodes that come at once', () => {
  const service = serviceUnderTest(RegistryModule);

  it('is granted an epoch', async () => {
    const machines = await Machines.connect(service);
    const account = service.newAccount();
    const scope = { account: account.account, region: account.region };
    await service
      .running()
      .get(Database)
      .query(
        `WITH added AS (
         INSERT INTO node (id, account, region, activation, public_key, iam_role)
         SELECT 'mi-c' || lpad(i::text, 16, '0'), $1, $2, gen_random_uuid(), 'U' || i || $1, 'nodes'
           FROM generate_series(1, 3000) i RETURNING id)
       INSERT INTO presence (node_id) SELECT id FROM added`,
        [scope.account, scope.region],
      );
    const crowd = Array.from({ length: 3000 }, (_, index) => machines.as(`mi-c${String(index + 1).padStart(16, '0')}`));
    const answers = await Promise.all(crowd.map((machine) => machine.hello({ computerName: 'one of many' })));
    expect(answers.filter((answer) => answer.refused !== undefined)).toEqual([]);
    expect(new Set(answers.map((answer) => answer.epoch)).size).toBe(3000);
    const { routes } = await service.rpc(Registry.method.routesOf, { nodeIds: crowd.map((each) => each.nodeId) });
    const epochs = new Map(routes.map((route) => [route.nodeId, route.epoch]));
    const wrong = crowd.filter((machine) => epochs.get(machine.nodeId) !== machine.epoch);
    expect(wrong.map((machine) => machine.nodeId)).toEqual([]);
  }, 60_000);
});
