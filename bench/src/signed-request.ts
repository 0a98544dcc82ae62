import { createHash, createHmac } from 'node:crypto';

import { type Credentials, type Hash, headersFromObject, signRequest } from '@muster/aws-protocol';

/** A request that can be sent again and again, as long as its signature lasts. */
export interface ReadyRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** node:crypto for `@muster/aws-protocol`. */
export const hash: Hash = {
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/** A signed call of an operation of SSM. */
export function signedRequest(
  url: string,
  region: string,
  credentials: Credentials,
  operation: string,
  input: object,
): ReadyRequest {
  const body = JSON.stringify(input);
  const headers = {
    host: new URL(url).host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonSSM.${operation}`,
  };
  const added = signRequest(
    { method: 'POST', path: '/', query: '', headers: headersFromObject(headers), body: Buffer.from(body) },
    credentials,
    { region, service: 'ssm' },
    new Date(),
    hash,
  );
  return { headers: { ...headers, ...added }, body };
}
