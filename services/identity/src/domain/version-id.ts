import { ApiError } from '@muster/aws-protocol';

/** `v3` → 3. */
export function versionNumber(versionId: string): number {
  return Number(/^v(\d{1,9})$/.exec(versionId)?.[1] ?? 0);
}

/** AWS's answer for a version that a policy does not have. */
export function noSuchVersion(policyArn: string, versionId: string): ApiError {
  const message = `Policy ${policyArn} version ${versionId} does not exist or is not attachable.`;
  return new ApiError('NoSuchEntityException', message);
}
