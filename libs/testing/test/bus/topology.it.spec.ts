import { setUpBus } from '@muster/bus';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';

import { type TestDeployment, testDeployment } from '../../src/index.js';

let deployment: TestDeployment;
let manager: JetStreamManager;

beforeAll(async () => {
  deployment = await testDeployment();
  const nats = await deployment.connectAs('core', 'tester', { publish: ['>'], subscribe: ['>'] });
  manager = await jetstreamManager(nats);
}, 300_000);

afterAll(() => deployment?.close());

const setUp = () => setUpBus({ servers: [deployment.natsUrl], credsFile: deployment.deployment.credsFiles['setup']! });
const maxBytes = async () => (await manager.streams.info('EVENTS')).config.max_bytes;

describe('the streams of the bus', () => {
  it('are there with their limits, and made again without harm, by several at once too', async () => {
    const before = await manager.streams.info('EVENTS');
    await Promise.all([setUp(), setUp(), setUp()]);
    expect((await manager.streams.info('EVENTS')).config).toEqual(before.config);
    for (const [name, retention, discard] of [
      ['EVENTS', 'limits', 'old'],
      ['FLEET', 'workqueue', 'new'],
      ['OUTPUT', 'workqueue', 'new'],
    ] as const) {
      expect((await manager.streams.info(name)).config).toMatchObject({
        retention,
        discard,
        max_bytes: expect.any(Number),
      });
    }
    for (const name of ['KV_operations', 'KV_principals', 'OBJ_objects']) {
      expect((await manager.streams.info(name)).config.max_bytes).toBeGreaterThan(0);
    }
  });

  it('are brought to this release from an older one', async () => {
    const wanted = await maxBytes();
    await manager.streams.update('EVENTS', { description: 'made by hand', max_bytes: 1_000_000 });
    await setUp();
    expect(await maxBytes()).toBe(wanted);
  });

  it('keep what a newer release has set', async () => {
    await manager.streams.update('EVENTS', { description: 'Muster [generation 999]', max_bytes: 2_000_000 });
    await setUp();
    expect(await maxBytes()).toBe(2_000_000);
  });
});
