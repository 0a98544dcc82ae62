import { createHash, createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Hash, headersFromObject, signRequest } from '@muster/aws-protocol';

import { CliError, exitCode } from './cli-error.js';
import type { Connection } from './profile.js';

/** One call, ready to be sent. */
export interface WireCall {
  readonly target: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** For whom it is signed; absent: unsigned. */
  readonly signingName?: string;
  readonly readTimeoutMs: number;
  /** The answer is a stream: told as it comes, when it is none of the refusals. */
  readonly onText?: (text: string) => void;
}

/** What came back. */
export interface WireReply {
  readonly status: number;
  readonly body: Uint8Array;
}

const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
const tries = 3;

/**
 * Sends a call, again when nobody answers or the answer is 5xx; all tries carry one invocation id, so that what was done
 * is not done twice.
 * @throws CliError when nobody answers
 */
export async function sendCall(call: WireCall, connection: Connection): Promise<WireReply> {
  const invocationId = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const last = attempt === tries;
    try {
      const reply = await sendOnce(call, connection, { invocationId, attempt });
      if (reply.status < 500 || last) return reply;
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      if (last) throw unreachable(connection.endpointUrl, cause as NodeJS.ErrnoException);
    }
    await sleep(100 * 2 ** attempt * (0.5 + Math.random()));
  }
}

function sendOnce(
  call: WireCall,
  connection: Connection,
  how: { invocationId: string; attempt: number },
): Promise<WireReply> {
  const url = new URL(connection.endpointUrl);
  const headers: Record<string, string> = {
    host: url.host,
    'content-type': call.contentType,
    'x-amz-target': call.target,
    'amz-sdk-invocation-id': how.invocationId,
    'amz-sdk-request': `attempt=${how.attempt}; max=${tries}`,
    'user-agent': 'muster-cli',
  };
  if (call.signingName) {
    const request = {
      method: 'POST',
      path: url.pathname,
      query: '',
      headers: headersFromObject(headers),
      body: call.body,
    };
    const target = { region: connection.region, service: call.signingName };
    Object.assign(headers, signRequest(request, connection.credentials(), target, new Date(), hash));
  }
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': call.body.length },
      timeout: call.readTimeoutMs,
    };
    const take = (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      const { onText } = call;
      if (onText && response.statusCode === 200) response.setEncoding('utf8').on('data', onText);
      else response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(chunks) }));
    };
    const sent =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...trust(connection.caBundle) }, take)
        : httpRequest(url, options, take);
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${call.readTimeoutMs} ms`)));
    sent.on('error', reject);
    sent.end(call.body);
  });
}

function trust(caBundle: string | undefined): { ca?: Buffer } {
  if (!caBundle) return {};
  try {
    return { ca: readFileSync(caBundle) };
  } catch (cause) {
    throw new CliError(`The CA bundle ${caBundle} cannot be read`, exitCode.configuration, { cause });
  }
}

function unreachable(endpoint: string, cause: NodeJS.ErrnoException): CliError {
  // Node gathers the failures for ::1 and 127.0.0.1 into one error without a message.
  const reason = cause.message || cause.code || 'no reason given';
  return new CliError(`Could not connect to the endpoint URL: "${endpoint}" (${reason})`, exitCode.general, { cause });
}
