import { hex, utf8 } from '../text.js';
import { type SignableRequest, canonicalRequest } from './canonical-request.js';
import type { Hash } from './hash.js';

/** What a signature is bound to. */
export interface SigningScope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The key that signs requests of one day, region and service. It cannot be turned back into the secret. */
export function deriveSigningKey(secretAccessKey: string, scope: SigningScope, hash: Hash): Uint8Array {
  const parts = [scope.date, scope.region, scope.service, 'aws4_request'];
  return parts.reduce((key, part) => hash.hmacSha256(key, utf8(part)), utf8(`AWS4${secretAccessKey}`));
}

/** Lower-case hex signature of a request. */
export function signatureOf(
  request: SignableRequest,
  how: {
    readonly scope: SigningScope;
    readonly timestamp: string;
    readonly signedHeaders: readonly string[];
    readonly payloadHash: string;
  },
  signingKey: Uint8Array,
  hash: Hash,
): string {
  const { date, region, service } = how.scope;
  const canonical = canonicalRequest(request, how.signedHeaders, how.payloadHash);
  const toSign = [
    'AWS4-HMAC-SHA256',
    how.timestamp,
    `${date}/${region}/${service}/aws4_request`,
    hex(hash.sha256(utf8(canonical))),
  ].join('\n');
  return hex(hash.hmacSha256(signingKey, utf8(toSign)));
}
