import { ApiError } from '@muster/aws-protocol';

/** What CloudFormation answers to a template or to values that it cannot use. */
export function templateError(message: string, cause?: unknown): ApiError {
  return new ApiError('ValidationError', message, { cause });
}
