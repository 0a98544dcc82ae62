import type { Resource } from '@muster/iam';

import type { FoundParameter } from '../store/parameters.js';
import type { Reference } from './reference.js';

/** A parameter as a thing to be decided on: with its tags, and what its owner allows to others. */
export function actedParameter(
  reference: Pick<Reference, 'arn'>,
  found: Pick<FoundParameter, 'tags' | 'policy'> | undefined,
): Resource {
  return { arn: reference.arn, tags: found?.tags ?? {}, ...(found?.policy && { policy: found.policy }) };
}
