import { ApiError } from '@muster/aws-protocol';

import { BadFilter, type CommandFilters, commandFilters } from '../domain/command-filters.js';

/** The filters of a list operation. @throws ApiError */
export function readFilters(
  given: readonly { readonly key: string; readonly value: string }[] | undefined,
): CommandFilters {
  try {
    return commandFilters(given ?? []);
  } catch (error) {
    if (error instanceof BadFilter) throw new ApiError('ValidationException', error.message);
    throw error;
  }
}
