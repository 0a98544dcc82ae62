import { ApiError } from '@muster/aws-protocol';

import type { KeptPolicy } from './resource-policies.js';

/**
 * The policy that a caller means to replace or delete, as they have seen it.
 * @throws ApiError ResourcePolicyInvalidParameterException, ResourcePolicyNotFoundException, ResourcePolicyConflictException
 */
export function knownPolicy(
  policies: readonly KeptPolicy[],
  id: string | undefined,
  hash: string | undefined,
): KeptPolicy {
  if (!id || !hash) {
    throw new ApiError(
      'ResourcePolicyInvalidParameterException',
      'PolicyId and PolicyHash are needed together: they say which policy is meant, and that it has been seen as it is.',
      { fields: { ParameterNames: [id ? 'PolicyHash' : 'PolicyId'] } },
    );
  }
  const known = policies.find((each) => each.id === id);
  if (!known) throw new ApiError('ResourcePolicyNotFoundException', `No policy with the ID ${id} was found.`);
  if (known.hash !== hash) {
    throw new ApiError(
      'ResourcePolicyConflictException',
      'The hash provided in the call does not match the stored hash: the policy was changed meanwhile. Read it and try again.',
    );
  }
  return known;
}

/** @throws ApiError ResourcePolicyLimitExceededException */
export function refuseTooMuch(LimitType: 'Size' | 'Count', is: number, Limit: number): void {
  if (is <= Limit) return;
  const what =
    LimitType === 'Size' ? 'A resource policy can have %s bytes at most.' : 'A parameter can have %s policies.';
  throw new ApiError('ResourcePolicyLimitExceededException', what.replace('%s', String(Limit)), {
    fields: { Limit, LimitType },
  });
}
