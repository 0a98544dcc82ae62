import { ApiError } from '@muster/aws-protocol';
import { isDatabaseAway } from '@muster/persistence';

/** Something of ours is away for the moment: a database, a service, the bus. Clients try again. */
export function unavailable(what: string, cause?: unknown): ApiError {
  return new ApiError('ServiceUnavailable', what, { cause });
}

/** Whether a failure says nothing about the work itself: what it needed is away, and may be back. */
export function isAway(error: unknown): boolean {
  return (error instanceof ApiError && error.code === 'ServiceUnavailable') || isDatabaseAway(error);
}
