import { hex } from '../text.js';
import type { SignableRequest } from './canonical-request.js';
import type { Hash } from './hash.js';
import { type HeaderValues } from './header-values.js';
import { deriveSigningKey, signatureOf } from './signature.js';
import { amzDate } from './timestamp.js';

/** An access key. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a request is signed for. */
export interface SigningTarget {
  readonly region: string;
  readonly service: string;
}

/**
 * Signs a request, for clients.
 * @param request its headers (`host` among them) are all signed
 * @returns the headers to add: `authorization`, `x-amz-date` and, with a session, `x-amz-security-token`
 */
export function signRequest(
  request: SignableRequest,
  credentials: Credentials,
  target: SigningTarget,
  now: Date,
  hash: Hash,
): Record<string, string> {
  const timestamp = amzDate(now.getTime());
  const scope = { date: timestamp.slice(0, 8), ...target };
  const added: Record<string, string> = { 'x-amz-date': timestamp };
  if (credentials.sessionToken) added['x-amz-security-token'] = credentials.sessionToken;

  const headers: HeaderValues = new Map([
    ...request.headers,
    ...Object.entries(added).map(([name, value]) => [name, [value]] as const),
  ]);
  const signedHeaders = [...headers.keys()].sort();
  const payloadHash = request.headers.get('x-amz-content-sha256')?.[0] ?? hex(hash.sha256(request.body));
  const signature = signatureOf(
    { ...request, headers },
    { scope, timestamp, signedHeaders, payloadHash },
    deriveSigningKey(credentials.secretAccessKey, scope, hash),
    hash,
  );
  const credential = `${credentials.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  added.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return added;
}

/**
 * Signs a request by its query string.
 * @returns the query string with the signature
 */
export function presignRequest(
  request: SignableRequest,
  credentials: Credentials,
  target: SigningTarget & { readonly expiresSeconds: number },
  now: Date,
  hash: Hash,
): string {
  const timestamp = amzDate(now.getTime());
  const scope = { date: timestamp.slice(0, 8), region: target.region, service: target.service };
  const signedHeaders = [...request.headers.keys()].sort();
  const parameters: [string, string][] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${scope.date}/${scope.region}/${scope.service}/aws4_request`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(target.expiresSeconds)],
    ['X-Amz-SignedHeaders', signedHeaders.join(';')],
  ];
  if (credentials.sessionToken) parameters.push(['X-Amz-Security-Token', credentials.sessionToken]);
  const added = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const query = request.query === '' ? added : `${request.query}&${added}`;
  const signature = signatureOf(
    { ...request, query },
    { scope, timestamp, signedHeaders, payloadHash: hex(hash.sha256(request.body)) },
    deriveSigningKey(credentials.secretAccessKey, scope, hash),
    hash,
  );
  return `${query}&X-Amz-Signature=${signature}`;
}
