import { ApiError, type ServiceModel, encodeError } from '@muster/aws-protocol';
import { log } from '@muster/telemetry';

import { protocolOf } from '../domain/find-operation.js';
import type { HttpAnswer, HttpCall } from '../http-call.js';

const logger = log('gateway');

/** Step 5: whatever went wrong, as AWS would say it. */
export function failure(
  call: Pick<HttpCall, 'headers' | 'query' | 'requestId'>,
  error: unknown,
  service?: ServiceModel,
): HttpAnswer {
  const known = asApiError(error);
  const answer = encodeError(service?.protocol ?? protocolOf(call), known, call.requestId, service);
  return answer.status === 503 ? { ...answer, retryAfterSeconds: 1 } : answer;
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) {
    if (error.status >= 500) logger.warn({ err: error }, 'a call could not be answered');
    return error;
  }
  logger.error({ err: error }, 'a call failed, and the fault is ours');
  return new ApiError('InternalServerError', 'An error occurred on the server side.');
}
