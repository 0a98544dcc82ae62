import { ApiError } from '@muster/aws-protocol';

/** What Fastify refused before anybody saw the request, in AWS's terms. What is not its refusal passes. */
export function asRefusal(error: unknown, bodyLimitBytes: number): unknown {
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ApiError('RequestEntityTooLargeException', `The request body is larger than ${bodyLimitBytes} bytes.`, {
      status: 413,
    });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiError('SerializationException', 'The HTTP request is malformed.', {
      status: statusCode,
      cause: error,
    });
  }
  return error;
}
