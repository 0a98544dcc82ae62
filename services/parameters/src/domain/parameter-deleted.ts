import type { ParameterType } from '@aws-sdk/client-ssm';

import { parameterChanged } from '../events.js';
import { type Scope, parameterArn } from './parameter-name.js';

/** The event of a parameter that was deleted. */
export function parameterDeleted(
  scope: Scope,
  gone: { name: string; path: string; type: ParameterType; description: string | null },
) {
  return parameterChanged(scope, parameterArn(scope, gone.path), {
    name: gone.name,
    type: gone.type,
    operation: 'Delete',
    ...(gone.description === null ? {} : { description: gone.description }),
  });
}
