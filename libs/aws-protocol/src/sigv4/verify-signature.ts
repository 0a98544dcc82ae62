import { ApiError } from '../api-error.js';
import { hex } from '../text.js';
import type { SignableRequest } from './canonical-request.js';
import { checkTime } from './check-claim.js';
import type { SignatureClaim } from './claim.js';
import type { Hash } from './hash.js';
import { signatureOf } from './signature.js';

/**
 * Verifies a signature over the raw request, by the headers that it names itself.
 * @param signingKey as `deriveSigningKey` makes it for the claim's scope
 * @throws ApiError InvalidSignatureException in AWS's words
 */
export function verifySignature(
  request: SignableRequest,
  claim: SignatureClaim,
  signingKey: Uint8Array,
  now: Date,
  hash: Hash,
): void {
  checkTime(claim, now);
  checkSignedHeaders(request, claim);
  const expected = signatureOf(
    request,
    {
      scope: claim,
      timestamp: claim.timestamp,
      signedHeaders: claim.signedHeaders,
      payloadHash: payloadHash(request, hash),
    },
    signingKey,
    hash,
  );
  if (!sameText(expected, claim.signature)) throw new ApiError('InvalidSignatureException', mismatch);
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/** What decides where a request goes and what it does must be signed: else it could be exchanged. */
function checkSignedHeaders(request: SignableRequest, claim: SignatureClaim): void {
  const signed = new Set(claim.signedHeaders);
  if (!signed.has('host')) {
    throw new ApiError(
      'InvalidSignatureException',
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  if (request.headers.has('x-amz-target') && !signed.has('x-amz-target')) {
    throw new ApiError(
      'InvalidSignatureException',
      "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  if (signed.size !== claim.signedHeaders.length || claim.signedHeaders.some((name) => !request.headers.has(name))) {
    throw new ApiError('InvalidSignatureException', mismatch);
  }
}

/** The JavaScript SDK sends the hash of the body, botocore does not. A hash that is sent must be the body's. */
function payloadHash(request: SignableRequest, hash: Hash): string {
  const sent = request.headers.get('x-amz-content-sha256')?.[0];
  if (sent === 'UNSIGNED-PAYLOAD') return sent;
  const actual = hex(hash.sha256(request.body));
  if (sent !== undefined && sent !== actual) {
    throw new ApiError(
      'InvalidSignatureException',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return actual;
}

/** Takes the same time wherever two texts differ. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % Math.max(b.length, 1));
  return difference === 0;
}
