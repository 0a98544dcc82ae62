import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { type Hash, headersFromObject, signRequest } from '@muster/aws-protocol';

const withinMs = 10_000;

const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/** Where the gateway is, and the key to call it with. */
export interface AdministratorAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** PEM of the authority that signed the gateway's certificate. */
  readonly ca?: string;
}

/** The supervisor as a client of the gateway, like any other: it signs with the administrator's key. */
export class Administrator {
  constructor(private readonly access: AdministratorAccess) {}

  /**
   * Calls an operation of SSM.
   * @throws an Error with AWS's code and message, or with what became of the connection
   */
  async ssm<T>(operation: string, input: object, signal?: AbortSignal): Promise<T> {
    const { access } = this;
    const url = new URL(access.endpoint);
    const body = Buffer.from(JSON.stringify(input));
    const headers = {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonSSM.${operation}`,
    };
    const signed = signRequest(
      { method: 'POST', path: '/', query: '', headers: headersFromObject(headers), body },
      access,
      { region: access.region, service: 'ssm' },
      new Date(),
      hash,
    );
    const answer = await this.send('POST', '/', { ...headers, ...signed }, body, signal);
    if (answer.status === 200) return JSON.parse(answer.text) as T;
    throw new Error(`${operation} was answered with ${answer.status}: ${answer.text.slice(0, 500)}`);
  }

  /** Whether the gateway says that a call would find bus and database. */
  async ready(signal?: AbortSignal): Promise<boolean> {
    const { status } = await this.send('GET', '/readyz', {}, undefined, signal);
    return status === 200;
  }

  private send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Uint8Array | undefined,
    signal?: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    const { endpoint, ca } = this.access;
    const deadline = AbortSignal.timeout(withinMs);
    const request = endpoint.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, endpoint),
        { method, headers, ca, agent: false, signal: signal ? AbortSignal.any([signal, deadline]) : deadline },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}
