import { connect } from 'node:net';

import { type Credentials, headersFromObject, presignRequest, signRequest } from '@muster/aws-protocol';
import { type RunningService, startService } from '@muster/bus';
import { type TestDeployment, testDeployment } from '@muster/testing';
import fc from 'fast-check';

import { GatewayModule } from '../src/gateway.module.js';
import { Listener } from '../src/http/listener.js';
import { BusSide, alice, hash, run7 } from './bus-side.js';

/** A part of a request on the wire. `kept`: no other byte may stand there. */
interface Part {
  readonly text: string;
  readonly kept: boolean;
}

interface Heard {
  readonly body: string;
  readonly accessKeyId: string;
}

describe('a signed request that was changed on its way', () => {
  let deployment: TestDeployment;
  let bus: BusSide;
  let gateway: RunningService;
  let host: string;
  let heard: Heard[] = [];

  beforeAll(async () => {
    deployment = await testDeployment();
    bus = await BusSide.open(deployment);
    bus.sessionEnds = Date.now() + 3_600_000;
    bus.announceRevisions();
    gateway = await startService(GatewayModule, { env: { ...deployment.env, MUSTER_LOG_LEVEL: 'error' } });
    host = new URL(gateway.get(Listener).url).host;
    await bus.answer('GetParameter', (msg) => {
      const caller = JSON.parse(Buffer.from(msg.headers!.get('Muster-Caller'), 'base64').toString()) as Heard;
      heard.push({ body: msg.string(), accessKeyId: caller.accessKeyId });
      return {};
    });
  }, 300_000);

  afterAll(async () => {
    await gateway?.close();
    await bus?.fallSilent();
    await deployment?.close();
  });

  beforeEach(() => (heard = []));

  const body = '{"Name":"/app/db/password","WithDecryption":true}';
  const named = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' };

  function requestOf(headers: Record<string, string>, query = '') {
    return { method: 'POST', path: '/', query, headers: headersFromObject(headers), body: Buffer.from(body) };
  }

  /** Signed in the Authorization header, which is taken apart into what is kept and what may be written in other ways. */
  function inHeaders(credentials: Credentials, more: Record<string, string> = {}, at = new Date()): Part[] {
    const headers = { host, ...named, ...more };
    const added = signRequest(requestOf(headers), credentials, { region: 'us-east-1', service: 'ssm' }, at, hash);
    const { authorization = '', ...signed } = { ...headers, ...added } as Record<string, string>;
    const [, credential = '', names = '', signature = ''] =
      /Credential=(\S+), SignedHeaders=(\S+), Signature=(\S+)/.exec(authorization) ?? [];
    return [
      { text: 'POST / HTTP/1.1\r\n', kept: false },
      ...Object.entries(signed).flatMap(([name, value]) => line(name, value)),
      { text: 'Authorization: AWS4-HMAC-SHA256 Credential=', kept: false },
      { text: credential, kept: true },
      { text: `, SignedHeaders=${names}, Signature=`, kept: false },
      { text: signature, kept: true },
      { text: '\r\n', kept: false },
      ...ending(),
    ];
  }

  function inQuery(credentials: Credentials): Part[] {
    const headers = { host, ...named };
    const target = { region: 'us-east-1', service: 'ssm', expiresSeconds: 60 };
    const query = presignRequest(requestOf(headers), credentials, target, new Date(), hash);
    return [
      { text: `POST /?${query} HTTP/1.1\r\n`, kept: false },
      ...Object.entries(headers).flatMap(([name, value]) => line(name, value)),
      ...ending(),
    ];
  }

  function line(name: string, value: string): Part[] {
    return [
      { text: `${name}: `, kept: false },
      { text: value, kept: true },
      { text: '\r\n', kept: false },
    ];
  }

  function ending(): Part[] {
    const unsigned = `User-Agent: fuzz\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    return [
      { text: unsigned, kept: false },
      { text: body, kept: true },
    ];
  }

  const textOf = (parts: readonly Part[]) => parts.map((each) => each.text).join('');

  /** The status of the answer; 0 when there is none: what was changed may be the length, and then more is waited for. */
  function send(bytes: Uint8Array, patienceMs = 5_000): Promise<number> {
    const [name = '', port] = host.split(':');
    const socket = connect(Number(port), name);
    let answer = '';
    return new Promise((resolve) => {
      const patience = setTimeout(() => socket.destroy(), patienceMs);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        answer += chunk.toString('latin1');
        if (answer.includes('\r\n\r\n')) socket.destroy();
      });
      socket.on('close', () => {
        clearTimeout(patience);
        resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0));
      });
      socket.write(bytes);
    });
  }

  const kinds: readonly (readonly [string, () => Part[], string])[] = [
    ['by headers', () => inHeaders(alice), alice.accessKeyId],
    ['with a session token', () => inHeaders(run7), run7.accessKeyId],
    [
      'with the hash of the body',
      () => inHeaders(alice, { 'x-amz-content-sha256': Buffer.from(hash.sha256(Buffer.from(body))).toString('hex') }),
      alice.accessKeyId,
    ],
    ['by the query string', () => inQuery(alice), alice.accessKeyId],
  ];

  it.each(kinds)(
    '%s arrives as it was signed, or not at all',
    async (_name, make, accessKeyId) => {
      expect(await send(Buffer.from(textOf(make())))).toBe(200);
      const change = fc.record({
        at: fc.nat(),
        how: fc.constantFrom('replace', 'insert', 'remove', 'flip', 'double line'),
        byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\r\n \t:;,=&/%.+"\0'))),
      });
      const changes = fc.array(change, { minLength: 1, maxLength: 3 });
      await fc.assert(
        // Side by side: many of them leave the server waiting for more.
        fc.asyncProperty(fc.array(changes, { minLength: 30, maxLength: 30 }), async (requests) => {
          await Promise.all(requests.map((each) => send(each.reduce(changed, Buffer.from(textOf(make()))), 150)));
        }),
        { numRuns: 12 },
      );
      // Whatever was let through is what the caller signed, by who signed it.
      expect([...new Set(heard.map((each) => JSON.stringify(each)))]).toEqual([JSON.stringify({ body, accessKeyId })]);
    },
    60_000,
  );

  it.each(kinds.slice(0, 3))(
    '%s is refused when a byte of what is signed is another',
    async (_name, make) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, by) => {
          const parts = make();
          const kept: number[] = [];
          let offset = 0;
          for (const { text, kept: isKept } of parts) {
            if (isKept) for (let i = 0; i < text.length; i++) kept.push(offset + i);
            offset += text.length;
          }
          const bytes = Buffer.from(textOf(parts));
          bytes[kept[at % kept.length]!]! ^= by;
          expect(await send(bytes)).not.toBe(200);
        }),
        { numRuns: 250 },
      );
      expect(heard).toEqual([]);
    },
    60_000,
  );

  it.each(['authorization', 'host', 'x-amz-date', 'x-amz-target', 'x-amz-security-token', 'x-amz-content-sha256'])(
    'is refused with a second %s, before or behind the signed one',
    async (name) => {
      const signed = textOf(inHeaders(run7, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }));
      const value = new RegExp(`^${name}: (.*)\r$`, 'im').exec(signed)![1]!;
      for (const second of [value, `${value}x`, '']) {
        const before = signed.replace('\r\n', `\r\n${name}: ${second}\r\n`);
        const behind = signed.replace('\r\nUser-Agent', `\r\n${name}: ${second}\r\nUser-Agent`);
        expect([second, await send(Buffer.from(before)), await send(Buffer.from(behind))]).not.toContain(200);
      }
      expect(heard).toEqual([]);
    },
  );

  it('is not freed from its body by who adds that the body is not signed', async () => {
    const signed = textOf(inHeaders(alice));
    for (const value of [
      'UNSIGNED-PAYLOAD',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'e3b0',
    ]) {
      const added = signed.replace('\r\nUser-Agent', `\r\nx-amz-content-sha256: ${value}\r\nUser-Agent`);
      expect([value, await send(Buffer.from(added))]).not.toContain(200);
    }
    expect(heard).toEqual([]);
  });

  it('may carry unsigned headers, and goes to no other path', async () => {
    const signed = textOf(inHeaders(alice));
    expect(await send(Buffer.from(signed.replace('User-Agent', 'X-Amz-Meta: unsigned\r\nUser-Agent')))).toBe(200);
    for (const path of ['//', '/.', '/./', '/a/..', '/%2e', '/%2F', '/?', '/?a=b', '/#', '/\\', '/;a']) {
      const status = await send(Buffer.from(signed.replace('POST / ', `POST ${path} `)));
      // An empty query is none.
      expect([path, status === 200]).toEqual([path, path === '/?']);
    }
  });

  it('is good for five minutes before and behind its time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -1000, max: 1000 }), async (seconds) => {
        const status = await send(Buffer.from(textOf(inHeaders(alice, {}, new Date(Date.now() + seconds * 1000)))));
        // The second that passes while it is sent belongs to neither.
        if (Math.abs(seconds) < 299) expect(status).toBe(200);
        if (Math.abs(seconds) > 301) expect(status).not.toBe(200);
      }),
      { numRuns: 60 },
    );
  });
});

function changed(bytes: Buffer, { at, how, byte }: { at: number; how: string; byte: number }): Buffer {
  const place = at % Math.max(bytes.length, 1);
  const [before, behind] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (how) {
    case 'replace':
      return Buffer.concat([before, Buffer.of(byte), behind.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.of(byte), behind]);
    case 'remove':
      return Buffer.concat([before, behind.subarray(1)]);
    case 'flip':
      return Buffer.concat([before, Buffer.of(behind[0]! ^ (1 << (byte % 8))), behind.subarray(1)]);
    default: {
      // A header once more, with something behind its value.
      const lines = bytes.toString('latin1').split('\r\n');
      const index = 1 + (at % Math.max(lines.length - 1, 1));
      lines.splice(index, 0, `${lines[index] ?? ''}${String.fromCharCode(byte)}`);
      return Buffer.from(lines.join('\r\n'), 'latin1');
    }
  }
}
