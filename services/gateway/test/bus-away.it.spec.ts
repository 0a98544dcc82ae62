import { type RunningService, startService } from '@muster/bus';
import { type OwnNats, type TestDeployment, ownNats, testDeployment } from '@muster/testing';

import { GatewayModule } from '../src/gateway.module.js';
import { Listener } from '../src/http/listener.js';
import { BusSide } from './bus-side.js';
import { signedCall } from './signed-call.js';

describe('while the bus is away', () => {
  let nats: OwnNats;
  let deployment: TestDeployment;
  let bus: BusSide;
  let gateway: RunningService;
  let url: string;

  beforeAll(async () => {
    nats = await ownNats();
    deployment = await testDeployment({ nats });
    bus = await BusSide.open(deployment);
    await bus.answer('GetParameter', () => ({ Parameter: { Name: 'a' } }));
    gateway = await startService(GatewayModule, { env: deployment.env });
    url = gateway.get(Listener).url;
  }, 300_000);

  afterAll(async () => {
    await gateway.close();
    await deployment.close();
    await nats.stop();
  }, 60_000);

  it('calls get 503 in AWS form, and answers again when it is back', async () => {
    expect((await signedCall(url, '{}')).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    await nats.kill();
    const refused = await signedCall(url, '{}');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ __type: 'ServiceUnavailable' });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    await nats.start();
    // Ends when everybody has found back.
    let answer = await signedCall(url, '{}');
    while (answer.status !== 200) answer = await signedCall(url, '{}');
    expect(await answer.json()).toEqual({ Parameter: { Name: 'a' } });
    let ready = await fetch(`${url}/readyz`);
    while (ready.status !== 200) ready = await fetch(`${url}/readyz`);
    expect(await ready.json()).toEqual({ status: 'ready' });
  }, 60_000);
});
