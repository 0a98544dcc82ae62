import { ApiError } from '@muster/aws-protocol';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Until when an activation registers nodes: a day when nothing is said, 30 days at most. @throws ApiError InvalidParameters */
export function expiryOf(wanted: Date | undefined, now: Date): Date {
  if (wanted === undefined) return new Date(now.getTime() + DAY_MS);
  if (wanted.getTime() <= now.getTime()) {
    throw new ApiError('InvalidParameters', 'ExpirationDate must lie in the future.');
  }
  if (wanted.getTime() > now.getTime() + 30 * DAY_MS) {
    throw new ApiError('InvalidParameters', 'ExpirationDate must be at most 30 days ahead.');
  }
  return wanted;
}
