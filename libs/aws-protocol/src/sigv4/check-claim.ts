import { ApiError } from '../api-error.js';
import type { SignatureClaim } from './claim.js';
import { amzDate } from './timestamp.js';

/** How far clocks may be apart. */
const skewMs = 5 * 60_000;

/** Where a signature must be meant for. */
export interface ExpectedScope {
  readonly service: string;
  readonly regions: readonly string[];
}

/**
 * Checks what needs no key: that the scope is one of ours and the time is now. The gateway asks this before it asks for
 * a key, so that old or foreign signatures cost nothing.
 * @throws ApiError InvalidSignatureException
 */
export function checkClaim(claim: SignatureClaim, expected: ExpectedScope, now: Date): void {
  checkTime(claim, now);
  const wrong: string[] = [];
  if (!expected.regions.includes(claim.region)) wrong.push('Credential should be scoped to a valid region.');
  if (claim.service !== expected.service)
    wrong.push(`Credential should be scoped to correct service: '${expected.service}'.`);
  if (claim.terminator !== 'aws4_request')
    wrong.push("Credential should be scoped with a valid terminator: 'aws4_request'.");
  if (wrong.length > 0) throw invalid(wrong.join(' '));
}

/** @throws ApiError InvalidSignatureException when it was signed too long ago, or in the future */
export function checkTime(claim: SignatureClaim, now: Date): void {
  const { date, time, timestamp, expiresSeconds } = claim;
  if (date !== timestamp.slice(0, 8)) {
    throw invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date.slice(0, 64)}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    );
  }
  const current = now.getTime();
  if (time > current + skewMs) {
    throw invalid(
      `Signature not yet current: ${timestamp} is still later than ${amzDate(current + skewMs)} (${amzDate(current)} + 5 min.)`,
    );
  }
  if (expiresSeconds !== undefined) {
    if (current > time + expiresSeconds * 1000) {
      throw invalid(
        `Signature expired: ${amzDate(time + expiresSeconds * 1000)} is now earlier than ${amzDate(current)}`,
      );
    }
  } else if (time < current - skewMs) {
    throw invalid(
      `Signature expired: ${timestamp} is now earlier than ${amzDate(current - skewMs)} (${amzDate(current)} - 5 min.)`,
    );
  }
}

function invalid(message: string): ApiError {
  return new ApiError('InvalidSignatureException', message);
}
