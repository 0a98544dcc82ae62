import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

/** A level of the hierarchy, `/` or `/a/b`. @throws ApiError ValidationException */
export function levelOf(given: string): string {
  const text = given.trim();
  const path = text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text;
  if (text !== '/' && !/^(?:\/[a-zA-Z0-9_.-]+)+$/.test(path)) {
    throw new ApiError(
      'ValidationException',
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". ' +
        'It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the ' +
        'following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, ' +
        'if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    );
  }
  return path;
}

/** What is asked of the parameters below a path. */
export interface PathFilters {
  /** Undefined: all. */
  readonly types?: readonly string[];
  /** Filters on keys and labels, which no parameter here has yet: nothing can match. */
  readonly nothing: boolean;
}

const TYPES = ['String', 'StringList', 'SecureString'];

/** Reads the filters of GetParametersByPath: Type, KeyId and Label. @throws ApiError as AWS answers */
export function pathFilters(filters: readonly Valid<ParameterStringFilter>[] | undefined): PathFilters {
  const seen = new Set<string>();
  let types: readonly string[] | undefined;
  let nothing = false;
  for (const filter of filters ?? []) {
    checkFilter(filter, seen);
    seen.add(filter.Key);
    if (filter.Key === 'Type') types = typesOf(filter);
    else nothing = true;
  }
  return { ...(types ? { types } : {}), nothing };
}

function checkFilter(
  { Key, Option = 'Equals', Values }: Valid<ParameterStringFilter>,
  seen: ReadonlySet<string>,
): void {
  if (!['Type', 'KeyId', 'Label'].includes(Key)) {
    throw new ApiError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${Key}. Valid filter keys include: [Type, KeyId].`,
    );
  }
  if (seen.has(Key)) {
    throw new ApiError(
      'InvalidFilterKey',
      `The following filter is duplicated in the request: ${Key}. A request can contain only one occurrence of a ` +
        'specific filter.',
    );
  }
  const options = Key === 'Label' ? ['Equals'] : ['BeginsWith', 'Equals'];
  if (!options.includes(Option)) {
    throw new ApiError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${Option}. Valid options include: [${options.join(', ')}].`,
    );
  }
  if (!Values || Values.length === 0) {
    throw new ApiError('InvalidFilterValue', `The following filter values are missing : null for filter key ${Key}`);
  }
}

function typesOf({ Option, Values = [] }: Valid<ParameterStringFilter>): string[] {
  if (Option === 'BeginsWith') return TYPES.filter((type) => Values.some((value) => type.startsWith(value)));
  const wrong = Values.find((value) => !TYPES.includes(value));
  if (wrong !== undefined) {
    throw new ApiError(
      'InvalidFilterOption',
      `The following filter value is not valid: ${wrong}. Valid values include: [${TYPES.join(', ')}].`,
    );
  }
  return [...Values];
}
