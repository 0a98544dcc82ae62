import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { headersFromObject, presignRequest, serviceModel, signRequest } from '@muster/aws-protocol';
import { type RunningService, startService } from '@muster/bus';
import { createAuthority, issueServerCertificate } from '@muster/keys';
import { type TestDeployment, testDeployment } from '@muster/testing';
import { Kvm } from '@nats-io/kv';
import type { Msg } from '@nats-io/transport-node';

import { GatewayModule } from '../src/gateway.module.js';
import { Listener } from '../src/http/listener.js';
import { BusSide, alice, aliceArn, hash, run7, run7IssuedAt } from './bus-side.js';
import { signedCall } from './signed-call.js';

let deployment: TestDeployment;
let bus: BusSide;
let gateway: RunningService;
let url: string;

beforeAll(async () => {
  deployment = await testDeployment();
  bus = await BusSide.open(deployment);
  gateway = await start();
  url = gateway.get(Listener).url;
}, 300_000);

afterAll(async () => {
  await gateway.close();
  await bus.fallSilent();
  await deployment.close();
});

function start(settings: Record<string, string> = {}): Promise<RunningService> {
  return startService(GatewayModule, { env: { ...deployment.env, ...settings } });
}

function client<C>(of: new (config: object) => C, settings: object = {}): C {
  return new of({ endpoint: url, region: 'us-east-1', credentials: alice, maxAttempts: 1, ...settings });
}

function call(body: string, headers: Record<string, string> = {}, base = url): Promise<Response> {
  return signedCall(base, body, headers);
}

function callerIn(msg: Msg): unknown {
  return JSON.parse(Buffer.from(msg.headers!.get('Muster-Caller'), 'base64').toString());
}

describe('a signed call', () => {
  it('of the unmodified SDK reaches the operation as raw bytes, with who asks', async () => {
    const seen: Msg[] = [];
    await bus.answer('PutParameter', (msg) => (seen.push(msg), { Version: 7, Tier: 'Standard' }));

    const answer = await client(SSMClient, { region: 'us-east-1' }).send(
      new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' }),
    );

    expect(answer.Version).toBe(7);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.json()).toEqual({ Name: '/a', Value: 'b', Type: 'String' });
    expect(callerIn(seen[0]!)).toMatchObject({
      account: '123456789012',
      arn: aliceArn,
      userId: 'AIDAALICE',
      kind: 'User',
      region: 'us-east-1',
      accessKeyId: alice.accessKeyId,
      sourceIp: '127.0.0.1',
      userAgent: expect.stringContaining('aws-sdk-js'),
    });
    expect(seen[0]!.headers!.get('Muster-Request-Id')).toBe(answer.$metadata.requestId);
    expect(Number(seen[0]!.headers!.get('Muster-Deadline-Ms'))).toBeGreaterThan(0);
    expect(seen[0]!.headers!.get('Muster-Invocation-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('goes on in the trace that it came with', async () => {
    const traces: string[] = [];
    const subscription = await bus.answer('GetParameter', (msg) => (traces.push(msg.headers!.get('traceparent')), {}));
    await call('{"Name":"a"}', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
    expect(traces[0]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
    subscription.unsubscribe();
  });

  it('presigned in the query string works as well', async () => {
    const query = presignRequest(
      {
        method: 'GET',
        path: '/',
        query: 'Action=GetCallerIdentity&Version=2011-06-15',
        headers: headersFromObject({ host: new URL(url).host }),
        body: new Uint8Array(),
      },
      alice,
      { region: 'us-east-1', service: 'sts', expiresSeconds: 60 },
      new Date(),
      hash,
    );
    // Accepted: what is missing is only somebody who answers it.
    const answer = await fetch(`${url}/?${query}`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('<Code>InvalidAction</Code>')]);
    const forged = await fetch(`${url}/?${query.replace('GetCallerIdentity', 'GetSessionToken')}`);
    expect([forged.status, await forged.text()]).toEqual([
      403,
      expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
    ]);
  });
});

describe('who cannot prove who they are', () => {
  const get = new GetParameterCommand({ Name: 'a' });
  const mismatch =
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

  it.each([
    ['a wrong secret', { credentials: { ...alice, secretAccessKey: 'wrong' } }, 'InvalidSignatureException', mismatch],
    [
      'an unknown key',
      { credentials: { ...alice, accessKeyId: 'AKIANOBODYNOBODYNOBO' } },
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ],
    [
      'a skewed clock',
      { systemClockOffset: -3_600_000 },
      'InvalidSignatureException',
      /^Signature expired: \d{8}T\d{6}Z is now earlier than /,
    ],
    [
      'a region that is not served',
      { region: 'mars-north-1' },
      'InvalidSignatureException',
      'Credential should be scoped to a valid region.',
    ],
  ])('%s is refused as AWS refuses it', async (_what, settings, name, message) => {
    const error = await client(SSMClient, settings)
      .send(get)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name,
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect((error as Error).message).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
  });

  it('are refused in XML by query services', async () => {
    const wrong = client(STSClient, { credentials: { ...alice, secretAccessKey: 'wrong' } });
    await expect(wrong.send(new GetCallerIdentityCommand())).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: mismatch,
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('are refused when they changed a signed body', async () => {
    const body = '{"Name":"a"}';
    const headers = {
      host: new URL(url).host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetParameter',
    };
    const signed = signRequest(
      { method: 'POST', path: '/', query: '', headers: headersFromObject(headers), body: Buffer.from(body) },
      alice,
      { region: 'us-east-1', service: 'ssm' },
      new Date(),
      hash,
    );
    const { host: _host, ...sent } = { ...headers, ...signed };
    const answer = await fetch(url, { method: 'POST', headers: sent, body: '{"Name":"b"}' });
    expect(await answer.json()).toMatchObject({ __type: 'InvalidSignatureException', message: mismatch });
  });

  it('and unsigned calls reach only what is made for them', async () => {
    const unsigned = (target: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
        body: '{}',
      });
    const refused = await unsigned('AmazonSSM.PutParameter');
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
    ]);

    const registry = await deployment.connect('registry');
    registry.subscribe('public.muster.EnrolNode', {
      callback: (_error, msg) => {
        const { contentType, body } = serviceModel('muster')
          .operations.get('EnrolNode')!
          .encode({ NodeId: 'mi-1' }, '');
        expect(msg.headers!.has('Muster-Caller')).toBe(false);
        const headers = msg.headers!;
        headers.set('Muster-Status', '200');
        headers.set('Content-Type', contentType);
        msg.respond(body, { headers });
      },
    });
    const bucket = await new Kvm(registry).open('operations', { allow_direct: true });
    await bucket.put('muster.EnrolNode', 'registry');
    await registry.flush();
    expect(await (await unsigned('Muster.EnrolNode')).json()).toEqual({ NodeId: 'mi-1' });
  });
});

describe('temporary credentials', () => {
  it('come with their token, and the operation hears of whose role and since when', async () => {
    bus.sessionEnds = Date.now() + 3_600_000;
    const seen: Msg[] = [];
    const subscription = await bus.answer('GetParameter', (msg) => (seen.push(msg), {}));
    await client(SSMClient, { credentials: run7 }).send(new GetParameterCommand({ Name: 'a' }));
    subscription.unsubscribe();
    expect(callerIn(seen[0]!)).toEqual({
      account: '123456789012',
      region: 'us-east-1',
      arn: 'arn:aws:sts::123456789012:assumed-role/deploy/run-7',
      issuerArn: 'arn:aws:iam::123456789012:role/ci/deploy',
      userId: 'AROADEPLOY:run-7',
      kind: 'AssumedRole',
      accessKeyId: run7.accessKeyId,
      tokenIssuedAt: run7IssuedAt,
      expiresAt: bus.sessionEnds,
      sourceIp: '127.0.0.1',
      secureTransport: false,
      userAgent: expect.stringContaining('aws-sdk-js') as string,
    });
  });

  it('in a presigned URL have it in the query string', async () => {
    bus.sessionEnds = Date.now() + 3_600_000;
    const presigned = (sessionToken: string) => {
      const query = presignRequest(
        {
          method: 'GET',
          path: '/',
          query: 'Action=GetCallerIdentity&Version=2011-06-15',
          headers: headersFromObject({ host: new URL(url).host }),
          body: new Uint8Array(),
        },
        { ...run7, sessionToken },
        { region: 'us-east-1', service: 'sts', expiresSeconds: 60 },
        new Date(),
        hash,
      );
      return fetch(`${url}/?${query}`);
    };
    expect(await (await presigned(run7.sessionToken)).text()).toContain('<Code>InvalidAction</Code>');
    expect(await (await presigned('of somebody else')).text()).toContain('<Code>InvalidClientTokenId</Code>');
  });

  it.each([
    ['without their token', { ...run7, sessionToken: undefined as unknown as string }],
    ['with the token of others', { ...run7, sessionToken: 'of somebody else' }],
    ['with a token as long as a book', { ...run7, sessionToken: 't'.repeat(5_000) }],
    ['that are long-term, with a token', { ...alice, sessionToken: run7.sessionToken }],
  ])('%s are refused', async (_what, credentials) => {
    bus.sessionEnds = Date.now() + 3_600_000;
    await expect(client(SSMClient, { credentials }).send(new GetParameterCommand({ Name: 'a' }))).rejects.toMatchObject(
      {
        name: 'UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
      },
    );
  });

  it('end with their session, also where their key is at hand', async () => {
    bus.sessionEnds = Date.now() + 2_000;
    await bus.changed();
    const subscription = await bus.answer('GetParameter', () => ({}));
    const ssm = client(SSMClient, { credentials: run7 });
    const get = () =>
      ssm.send(new GetParameterCommand({ Name: 'a' })).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
    // Ends when the session does.
    let error = await get();
    while (!error) error = await get();
    expect(Date.now()).toBeGreaterThanOrEqual(bus.sessionEnds);
    expect(error).toMatchObject({
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
    // Identity says the same to a gateway that never saw the session.
    await bus.changed();
    expect(await get()).toMatchObject({ name: 'ExpiredTokenException' });
    await expect(client(STSClient, { credentials: run7 }).send(new GetCallerIdentityCommand())).rejects.toMatchObject({
      name: 'ExpiredToken',
      $metadata: { httpStatusCode: 403 },
    });
    subscription.unsubscribe();
  });
});

describe('signing keys', () => {
  it('are asked for once, and no longer good when identity says that something was revoked', async () => {
    const subscription = await bus.answer('GetParameter', () => ({}));
    expect((await call('{}')).status).toBe(200);
    const asked = bus.keyQuestions;
    expect((await call('{}')).status).toBe(200);
    expect(bus.keyQuestions).toBe(asked);

    await bus.revoke(alice.accessKeyId);
    // Ends when the word has reached the gateway.
    let answer = await call('{}');
    while (answer.status === 200) answer = await call('{}');
    expect(await answer.json()).toMatchObject({ __type: 'UnrecognizedClientException' });
    await bus.restore(alice.accessKeyId);
    while (answer.status !== 200) answer = await call('{}');
    subscription.unsubscribe();
  });

  it('are trusted on the word that identity sends by itself', async () => {
    const subscription = await bus.answer('GetParameter', () => ({}));
    bus.announceRevisions();
    // Ends when a call was answered without a question; if nobody heard, never.
    for (let asked = -1; asked !== bus.revisionQuestions;) {
      asked = bus.revisionQuestions;
      expect((await call('{}')).status).toBe(200);
    }
    subscription.unsubscribe();
  });

  it('are not trusted while identity is away: 503, and come again', async () => {
    const subscription = await bus.answer('GetParameter', () => ({}));
    await bus.fallSilent();
    // Ends when the last word of identity is more than a second old.
    let answer = await call('{}');
    while (answer.status === 200) answer = await call('{}');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ __type: 'ServiceUnavailable' });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    await bus.speak();
    expect((await call('{}')).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    subscription.unsubscribe();
  }, 60_000);
});

describe('an operation', () => {
  it('that nobody has ever answered is unknown, and not worth another try', async () => {
    const answer = await call('{}', { 'x-amz-target': 'AmazonSSM.ListAssociations' });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { __type: 'UnknownOperationException', message: 'The operation ListAssociations is not available here yet.' },
    ]);
  });

  it('whose service is away is worth another try', async () => {
    await bus.declare('GetParametersByPath');
    const answer = await call('{}', { 'x-amz-target': 'AmazonSSM.GetParametersByPath' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});

describe('every answer has a request id and AWS form', () => {
  const json = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' };

  it.each([
    [
      'an operation that no model knows',
      '/',
      { method: 'POST', headers: { ...json, 'x-amz-target': 'AmazonSSM.Nope' }, body: '{}' },
      400,
      'UnknownOperationException',
    ],
    [
      'a body that is too large',
      '/',
      { method: 'POST', headers: json, body: 'x'.repeat(524_289) },
      413,
      'RequestEntityTooLargeException',
    ],
    [
      'a content type that is none',
      '/',
      { method: 'POST', headers: { ...json, 'content-type': 'rubbish' }, body: '{}' },
      415,
      'SerializationException',
    ],
    [
      'no content type',
      '/',
      { method: 'POST', headers: { 'x-amz-target': 'AmazonSSM.GetParameter' }, body: Buffer.from('{}') },
      400,
      'UnknownOperationException',
    ],
    ['a method that is none of ours', '/', { method: 'DELETE', headers: json }, 405, 'UnknownOperationException'],
    ['another path', '/elsewhere', { method: 'POST', headers: json, body: '{}' }, 404, 'UnknownOperationException'],
    ['a path that cannot be decoded', '/%zz', { method: 'GET' }, 400, 'SerializationException'],
    ['headers that are too large', '/', { headers: { 'x-large': 'x'.repeat(40_000) } }, 431, 'SerializationException'],
    [
      'a bearer token',
      '/',
      { method: 'POST', headers: { ...json, authorization: 'Bearer hush' }, body: '{}' },
      400,
      'IncompleteSignatureException',
    ],
  ])('%s', async (_what, path, init, status, code) => {
    const answer = await fetch(url + path, init);
    const body = (await answer.json()) as { __type: string };
    expect([answer.status, body.__type]).toEqual([status, code]);
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(body)).not.toContain('hush');
  });

  it('also what is no HTTP at all, and who gives two Authorization headers', async () => {
    expect(await overSocket('RUBBISH\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [^]*x-amzn-RequestId: [0-9a-f-]{36}[^]*SerializationException/,
    );
    const twice = `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: AmazonSSM.GetParameter\r\nAuthorization: a\r\nAuthorization: b\r\nContent-Length: 2\r\n\r\n{}`;
    expect(await overSocket(twice)).toMatch(/^HTTP\/1\.1 400 [^]*IncompleteSignatureException/);
  });

  it('also to a client that does not finish what it sends', async () => {
    const hasty = await start({ MUSTER_GATEWAY_BODY_TIMEOUT_MS: '200' });
    const half = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 100\r\n\r\n{`;
    expect(await overSocket(half, hasty.get(Listener).url)).toMatch(
      /^HTTP\/1\.1 408 [^]*x-amzn-RequestId[^]*RequestTimeoutException/,
    );
    await hasty.close();
  }, 30_000);

  async function overSocket(text: string, at = url): Promise<string> {
    const socket = connect(Number(new URL(at).port), '127.0.0.1');
    socket.write(text);
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    await once(socket, 'close');
    return answer;
  }
});

describe('a gateway that is told to end', () => {
  it('answers what it has taken, then nobody', async () => {
    const second = await start();
    const base = second.get(Listener).url;
    let release = (_output: object): void => undefined;
    const taken = new Promise<void>((resolve) => {
      void bus.answer('GetParameter', () => (resolve(), new Promise<object>((answer) => (release = answer))));
    });
    const calling = call('{}', {}, base);
    await taken;
    const closing = second.close();
    await expect(refusedAt(base)).resolves.toBe(true);
    release({ Parameter: { Name: 'late' } });
    const answer = await calling;
    expect(await answer.json()).toEqual({ Parameter: { Name: 'late' } });
    await closing;
  }, 30_000);

  /** Resolves when the listener takes nobody any more. */
  async function refusedAt(base: string): Promise<boolean> {
    for (;;) {
      const refused = await new Promise<boolean>((resolve) => {
        const socket = connect(Number(new URL(base).port), '127.0.0.1');
        socket.once('error', () => resolve(true));
        socket.once('connect', () => {
          socket.destroy();
          resolve(false);
        });
      });
      if (refused) return true;
    }
  }
});

describe('a gateway with a certificate', () => {
  it('speaks TLS and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'));
    const authority = await createAuthority('test');
    const issued = await issueServerCertificate(authority, ['127.0.0.1']);
    const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    writeFileSync(certificate, issued.certificate);
    writeFileSync(key, issued.key);
    const secure = await start({ MUSTER_GATEWAY_TLS_CERTIFICATE_FILE: certificate, MUSTER_GATEWAY_TLS_KEY_FILE: key });
    const base = secure.get(Listener).url;
    expect(base).toMatch(/^https:/);

    const asked = httpsRequest(`${base}/healthz`, { ca: authority.certificate }).end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(200);
    await expect(fetch(`${base.replace('https', 'http')}/healthz`)).rejects.toThrow();
    await expect(fetch(`${base}/healthz`)).rejects.toThrow(); // by a CA that nobody told it of
    await secure.close();
    rmSync(folder, { recursive: true });
  });

  it('does not start with half of it', async () => {
    await expect(start({ MUSTER_GATEWAY_TLS_KEY_FILE: '/nowhere' })).rejects.toThrow(/belong together/);
  });
});
