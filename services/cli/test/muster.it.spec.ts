import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  type Hash,
  deriveSigningKey,
  headersFromRaw,
  parseAuthorization,
  serviceModel,
  verifySignature,
} from '@muster/aws-protocol';

import { run } from '../src/run.js';

const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
const secret = 'sssssssssssssssssssssssssssssssssssssss';

/** One request that the server got. */
interface Got {
  readonly target: string;
  readonly input: Record<string, unknown>;
  readonly invocationId: string;
  readonly attempt: string;
  readonly signed: boolean;
}

/** Answers as Muster's gateway would, by what a test says. */
class Endpoint {
  readonly got: Got[] = [];
  answers: { status: number; body: object | string }[] = [];
  private readonly server: Server = createServer((request, response) => {
    void this.take(request).then(() => {
      const { status, body } = this.answers.shift() ?? { status: 200, body: {} };
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });

  async open(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const headers = headersFromRaw(request.rawHeaders);
    const claim = parseAuthorization(headers, '');
    if (claim) {
      const key = deriveSigningKey(secret, claim, hash);
      verifySignature({ method: 'POST', path: request.url!, query: '', headers, body }, claim, key, new Date(), hash);
    }
    this.got.push({
      target: headers.get('x-amz-target')![0]!,
      input: JSON.parse(body.toString()) as Record<string, unknown>,
      invocationId: headers.get('amz-sdk-invocation-id')![0]!,
      attempt: headers.get('amz-sdk-request')![0]!,
      signed: claim !== undefined,
    });
  }
}

describe('muster', () => {
  let endpoint: Endpoint;
  let url: string;
  beforeEach(async () => {
    endpoint = new Endpoint();
    url = await endpoint.open();
  });
  afterEach(() => endpoint.close());

  async function muster(...words: string[]): Promise<{ code: number; out: string; err: string }> {
    const said = { out: '', err: '' };
    const code = await run(words, {
      env: { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: secret, AWS_ENDPOINT_URL: url, HOME: '/nowhere' },
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
    });
    return { code, ...said };
  }

  it('has a command for every operation of the model, with an option for every member', async () => {
    const { out } = await muster('help');
    for (const name of ['create-subscription', 'enrol-node', 'list-subscriptions']) expect(out).toContain(name);
    expect(serviceModel('muster').operations.size).toBe(
      out.split('\n').filter((line) => /^ {2}\w+(-\w+)+ \[options\]/.test(line)).length,
    );
    for (const asked of [
      ['help', 'create-subscription'],
      ['create-subscription', 'help'],
      ['create-subscription', '--help'],
    ]) {
      const help = await muster(...asked);
      expect(help.code).toBe(0);
      expect(help.out).toMatch(/--event-type <value>/);
    }
  });

  it('signs, sends and prints', async () => {
    endpoint.answers = [{ status: 200, body: { Subscription: { Name: 'a', CreatedAt: 1.5 }, Credential: 'c' } }];
    const { code, out } = await muster(
      'create-subscription',
      '--name',
      'a',
      '--start',
      'Beginning',
      '--region',
      'eu-west-1',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      Subscription: { Name: 'a', CreatedAt: '1970-01-01T00:00:01.500000+00:00' },
      Credential: 'c',
    });
    expect(endpoint.got).toMatchObject([
      { target: 'Muster.CreateSubscription', input: { Name: 'a', Start: 'Beginning' }, signed: true },
    ]);
  });

  it('takes options before the command and the input as JSON; options win', async () => {
    await muster(
      '--endpoint-url',
      url,
      'create-subscription',
      '--cli-input-json',
      '{"Name":"a","Start":"Now"}',
      '--name',
      'b',
    );
    expect(endpoint.got[0]!.input).toEqual({ Name: 'b', Start: 'Now' });
  });

  it('sends unsigned what is made for that', async () => {
    const needed = [
      '--activation-id',
      'a',
      '--activation-code',
      'b',
      '--public-key',
      'c',
      '--fingerprint',
      'd',
      '--proof',
      'e',
    ];
    expect((await muster('enrol-node', ...needed)).code).toBe(0);
    expect(endpoint.got).toMatchObject([{ target: 'Muster.EnrolNode', signed: false }]);
  });

  it('gathers all pages, or one when told so', async () => {
    const pages = [
      { status: 200, body: { Subscriptions: [{ Name: 'a' }], NextToken: 't' } },
      { status: 200, body: { Subscriptions: [{ Name: 'b' }] } },
    ];
    endpoint.answers = [...pages];
    expect(JSON.parse((await muster('list-subscriptions')).out)).toEqual({
      Subscriptions: [{ Name: 'a' }, { Name: 'b' }],
    });
    expect(endpoint.got.map((each) => each.input)).toEqual([{}, { NextToken: 't' }]);

    endpoint.answers = [...pages];
    expect(JSON.parse((await muster('list-subscriptions', '--no-paginate')).out)).toEqual(pages[0]!.body);
    endpoint.answers = [...pages];
    await muster('list-subscriptions', '--max-results', '1');
    expect(endpoint.got.at(-1)!.input).toEqual({ MaxResults: 1 });
  });

  it('says errors as the aws CLI does', async () => {
    endpoint.answers = [{ status: 400, body: { __type: 'SubscriptionNotFound', Message: 'There is none.' } }];
    expect(await muster('delete-subscription', '--name', 'a')).toEqual({
      code: 254,
      out: '',
      err: '\nAn error occurred (SubscriptionNotFound) when calling the DeleteSubscription operation: There is none.\n',
    });
  });

  it('tries again when we are away, as the same call', async () => {
    endpoint.answers = [{ status: 503, body: { __type: 'ServiceUnavailable' } }];
    expect((await muster('list-subscriptions')).code).toBe(0);
    expect(endpoint.got.map((each) => each.attempt)).toEqual(['attempt=1; max=3', 'attempt=2; max=3']);
    expect(new Set(endpoint.got.map((each) => each.invocationId)).size).toBe(1);
  });

  it('says who does not answer, and what is no answer of ours', async () => {
    const silent = await muster('list-subscriptions', '--endpoint-url', 'http://127.0.0.1:1');
    expect(silent).toMatchObject({
      code: 255,
      err: expect.stringContaining('Could not connect to the endpoint URL: "http://127.0.0.1:1"'),
    });
    endpoint.answers = [{ status: 200, body: '<html>' }];
    expect(await muster('list-subscriptions')).toMatchObject({
      code: 255,
      err: expect.stringContaining("is not Muster's"),
    });
  });

  it.each([
    [['create-subscription'], 'the following arguments are required: --name'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['list-subscriptions', '--nonsense'], "unknown option '--nonsense'"],
    [['list-subscriptions', '--max-results', 'many'], "--max-results: 'many' is not a whole number"],
    [['list-subscriptions', '--cli-input-json', '[]'], 'the input must be a JSON object'],
  ])('refuses %j without asking anybody', async (words, message) => {
    const { code, err } = await muster(...words);
    expect(code).toBe(252);
    expect(err).toContain(message);
    expect(endpoint.got).toEqual([]);
  });
});
