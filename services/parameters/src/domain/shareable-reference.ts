import { ApiError } from '@muster/aws-protocol';

import type { Scope } from './parameter-name.js';
import { type Reference, referenceOf } from './reference.js';

/**
 * A parameter of the caller's that is named by its ARN, to share it.
 * @throws ApiError ResourcePolicyInvalidParameterException: another thing; ResourceNotFoundException: not the caller's
 */
export function shareableReference(arn: string, scope: Scope): Reference {
  if (!/^arn:[a-z-]+:ssm:[a-z0-9-]*:\d*:parameter\/[^:]+$/.test(arn)) {
    throw new ApiError(
      'ResourcePolicyInvalidParameterException',
      `Invalid ResourceArn ${arn}. Resource policies are supported on parameters: arn:aws:ssm:REGION:ACCOUNT:parameter/NAME.`,
      { fields: { ParameterNames: ['ResourceArn'] } },
    );
  }
  const reference = referenceOf(arn, scope);
  if (reference.elsewhere) throw resourceNotFound(arn);
  return reference;
}

/** There is no parameter of this ARN. */
export function resourceNotFound(arn: string): ApiError {
  return new ApiError('ResourceNotFoundException', `Parameter ${arn} not found.`);
}
