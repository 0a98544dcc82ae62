import { headersFromObject, signRequest } from '@muster/aws-protocol';
import { type RunningService, startService } from '@muster/bus';
import { Arrivals, type TestDeployment, testDeployment } from '@muster/testing';
import { Kvm } from '@nats-io/kv';
import { type Msg, type NatsConnection, headers } from '@nats-io/transport-node';

import { GatewayModule } from '../src/gateway.module.js';
import { Listener } from '../src/http/listener.js';
import { BusSide, alice, aliceArn, hash } from './bus-side.js';

/** A service that answers WatchParameters: what it was asked, and how it speaks. */
class StreamingService {
  readonly asked = new Arrivals<{ act: string; id: string; msg: Msg }>();
  refusal: { status: number; body: object } | undefined;

  constructor(private readonly nats: NatsConnection) {}

  async open(): Promise<void> {
    this.nats.subscribe('api.muster.WatchParameters', {
      callback: (_error, msg) => {
        const [act = '', id = ''] = msg.headers!.get('Muster-Stream').split(' ');
        const { status, body } = this.refusal ?? {
          status: 200,
          body: { Event: 'Opened', Sequence: 0, WatchId: 'pw-1' },
        };
        const answer = headers();
        answer.set('Muster-Status', String(status));
        answer.set('Content-Type', 'application/x-amz-json-1.1');
        msg.respond(JSON.stringify(body), { headers: answer });
        this.asked.push({ act, id, msg });
      },
    });
    const bucket = await new Kvm(this.nats).open('operations', { allow_direct: true });
    await bucket.put('muster.WatchParameters', 'parameters');
    await this.nats.flush();
  }

  say(id: string, message: object): void {
    this.nats.publish(`_INBOX_gateway.stream.${id}`, JSON.stringify(message));
  }
}

/** Reads a stream as a browser would. */
class Reader {
  readonly events = new Arrivals<string>();
  readonly ended: Promise<void>;
  private readonly abort: AbortController;

  constructor(
    readonly response: Response,
    abort: AbortController,
  ) {
    this.abort = abort;
    this.ended = this.read();
  }

  leave(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of response(this)) {
        const blocks = (rest + Buffer.from(chunk).toString()).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) this.events.push(block);
      }
    } catch {
      // Cut, or left.
    }
  }
}

const response = (reader: Reader) => reader.response.body as unknown as AsyncIterable<Uint8Array>;

describe('a stream', () => {
  let deployment: TestDeployment;
  let bus: BusSide;
  let service: StreamingService;
  let gateway: RunningService;

  const start = (settings: Record<string, string> = {}) =>
    startService(GatewayModule, {
      env: {
        ...deployment.env,
        MUSTER_GATEWAY_STREAM_HEARTBEAT_MS: '100',
        MUSTER_GATEWAY_STREAM_RENEW_MS: '200',
        ...settings,
      },
    });

  beforeAll(async () => {
    deployment = await testDeployment();
    bus = await BusSide.open(deployment);
    service = new StreamingService(await deployment.connect('parameters'));
    await service.open();
    gateway = await start();
  }, 300_000);

  afterAll(async () => {
    await gateway.close();
    await bus.fallSilent();
    await deployment.close();
  });

  afterEach(() => (service.refusal = undefined));

  async function open(of: RunningService = gateway): Promise<Reader> {
    const url = of.get(Listener).url;
    const body = '{"Path":"/app"}';
    const all = {
      host: new URL(url).host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Muster.WatchParameters',
    };
    const signed = signRequest(
      { method: 'POST', path: '/', query: '', headers: headersFromObject(all), body: Buffer.from(body) },
      alice,
      { region: 'us-east-1', service: 'muster' },
      new Date(),
      hash,
    );
    const { host: _host, ...sent } = { ...all, ...signed };
    const abort = new AbortController();
    return new Reader(await fetch(url, { method: 'POST', headers: sent, body, signal: abort.signal }), abort);
  }

  const opened = () => service.asked.next(({ act }) => act === 'open');
  const data = async (reader: Reader, event: string) => {
    const block = await reader.events.next((each) => each.includes(`event: ${event}\n`));
    return { block, data: JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as object };
  };

  it('is opened by a signed call, tells what its service says, and beats', async () => {
    const reader = await open();
    const { id, msg } = await opened();
    expect(reader.response.headers.get('content-type')).toBe('text/event-stream');
    expect(msg.json()).toEqual({ Path: '/app' });
    const caller = JSON.parse(Buffer.from(msg.headers!.get('Muster-Caller'), 'base64').toString()) as object;
    expect(caller).toMatchObject({ arn: aliceArn });
    expect((await data(reader, 'Opened')).data).toMatchObject({ WatchId: 'pw-1' });
    service.say(id, { Event: 'Change', Sequence: 1, Name: '/app/a' });
    expect((await data(reader, 'Change')).block).toBe(
      'id: 1\nevent: Change\ndata: {"Event":"Change","Sequence":1,"Name":"/app/a"}',
    );
    await reader.events.next((each) => each === ': heartbeat');
    service.say(id, { Event: 'Change', Sequence: 3, Name: '/app/c' });
    expect((await data(reader, 'Resync')).data).toMatchObject({ Sequence: 2 });
    service.say(id, { Event: 'End', Sequence: 3, Reason: 'AccessDenied', Message: 'No more.' });
    expect((await data(reader, 'End')).data).toMatchObject({ Reason: 'AccessDenied' });
    await reader.ended;
    await service.asked.next((each) => each.act === 'close' && each.id === id);
  });

  it('is asked for anew all the time, and ends when that is refused', async () => {
    const reader = await open();
    const { id } = await opened();
    await service.asked.next((each) => each.act === 'renew' && each.id === id);
    service.refusal = { status: 400, body: { __type: 'AccessDeniedException', message: 'Not any more.' } };
    expect((await data(reader, 'End')).data).toMatchObject({ Reason: 'Refused', Message: 'Not any more.' });
    await reader.ended;
  });

  it('that is refused is an ordinary error', async () => {
    service.refusal = { status: 400, body: { __type: 'AccessDeniedException', message: 'No.' } };
    const reader = await open();
    expect(reader.response.status).toBe(400);
    expect(reader.response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    await opened();
  });

  it('is closed at its service when its reader leaves', async () => {
    const reader = await open();
    const { id } = await opened();
    await data(reader, 'Opened');
    reader.leave();
    await service.asked.next((each) => each.act === 'close' && each.id === id);
  });

  it('is cut when its reader does not read, so that nothing piles up', async () => {
    const small = await start({ MUSTER_GATEWAY_STREAM_UNREAD_BYTES: '65536' });
    // Nobody takes anything out of it.
    const url = small.get(Listener).url;
    const body = '{"Path":"/app"}';
    const all = {
      host: new URL(url).host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Muster.WatchParameters',
    };
    const target = { region: 'us-east-1', service: 'muster' };
    const request = { method: 'POST', path: '/', query: '', headers: headersFromObject(all), body: Buffer.from(body) };
    const { host: _host, ...sent } = { ...all, ...signRequest(request, alice, target, new Date(), hash) };
    const answer = await fetch(url, { method: 'POST', headers: sent, body });
    const { id } = await opened();
    const closed = service.asked.next((each) => each.act === 'close' && each.id === id);
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    for (let sequence = 1; !isClosed && sequence < 5_000; sequence++) {
      service.say(id, { Event: 'Change', Sequence: sequence, Value: 'x'.repeat(8_000) });
      if (sequence % 20 === 0) await new Promise(setImmediate);
    }
    await closed;
    await answer.body!.cancel().catch(() => undefined);
    await small.close();
  });

  it('is ended politely when its gateway stops, and no more than the limit are open', async () => {
    const other = await start({ MUSTER_GATEWAY_MAX_STREAMS: '1' });
    const reader = await open(other);
    await opened();
    await data(reader, 'Opened');
    const second = await open(other);
    expect(second.response.status).toBe(503);
    await other.close();
    expect((await data(reader, 'End')).data).toMatchObject({ Reason: 'GatewayStopping' });
    await reader.ended;
  });
});
