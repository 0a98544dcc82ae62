import { createHash } from 'node:crypto';

import { type PageScope, decodePageToken, encodePageToken } from '@muster/aws-protocol';

import type { Call } from './call.js';

/** The token of the page behind `position`; good for this operation, account, region and these filters only. */
export function nextToken(call: Call, filters: unknown, position: unknown): string {
  return encodePageToken(scopeOf(call, filters), position, sha256);
}

/**
 * Where a page begins, as `nextToken` was told; undefined without a token. A caller can make a token of a position, so
 * it gives access to nothing by itself.
 * @throws ApiError InvalidNextToken
 */
export function positionOf<P>(call: Call, filters: unknown, token: string | undefined): P | undefined {
  return token === undefined ? undefined : (decodePageToken(scopeOf(call, filters), token, sha256) as P);
}

function scopeOf(call: Call, filters: unknown): PageScope {
  return { operation: call.action, account: call.account, region: call.region, filters };
}

function sha256(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest();
}
