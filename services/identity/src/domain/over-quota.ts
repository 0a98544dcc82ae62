import { ApiError } from '@muster/aws-protocol';

/** AWS's answer above a quota. Quotas are configuration. */
export function overQuota(name: string, limit: number): ApiError {
  return new ApiError('LimitExceededException', `Cannot exceed quota for ${name}: ${limit}`);
}
