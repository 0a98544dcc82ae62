import { ApiError, type ServiceModel, encodeError } from '@muster/aws-protocol';
import { log } from '@muster/telemetry';

import { protocolOf } from '../domain/find-operation.js';
import type { HttpAnswer, HttpCall } from '../http-call.js';

const logger = log('gateway');

/** Step 5: whatever went wrong, as AWS would say it. */
export function failure(
  call: Pick<HttpCall, 'headers' | 'query' | 'requestId'>,
  error: ApiError,
  service?: ServiceModel,
): HttpAnswer {
  const answer = encodeError(service?.protocol ?? protocolOf(call), error, call.requestId, service);
  return answer.status === 503 ? { ...answer, retryAfterSeconds: 1 } : answer;
}

/** What the caller is told about an error. One that is our fault is logged here, once, with its causes. */
export function asApiError(error: unknown): ApiError {
  // What is away for a moment stands in the line of the call: a broker that restarts must not fill the log.
  if (error instanceof ApiError) return error;
  logger.error({ err: error }, 'a call failed, and the fault is ours');
  return new ApiError('InternalServerError', 'An error occurred on the server side.', { cause: error });
}
