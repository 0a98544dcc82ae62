import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

/** A filter whose key, option and values may be used with each other. */
export interface CheckedFilter {
  readonly key: string;
  readonly option: string;
  /** Empty: what is asked for is that the tag is there. */
  readonly values: readonly string[];
}

/** What an operation can be filtered by. */
export interface FilterRules {
  readonly keys: readonly string[];
  /** Also by tags, as `tag:<key>`. */
  readonly tags: boolean;
  /** As AWS lists them when it refuses another one; not all that it knows are there. */
  readonly shownKeys: readonly string[];
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  Type: ['String', 'StringList', 'SecureString'],
  Tier: ['Standard', 'Advanced', 'Intelligent-Tiering'],
};

/** Checks filters one after the other. @throws ApiError InvalidFilterKey, InvalidFilterOption, InvalidFilterValue */
export function checkFilters(
  filters: readonly Valid<ParameterStringFilter>[],
  rules: FilterRules,
): readonly CheckedFilter[] {
  const seen = new Set<string>();
  return filters.map((filter) => {
    const checked = checkFilter(filter, rules, seen);
    seen.add(checked.key);
    return checked;
  });
}

/** What the values stand for as patterns of SQL's LIKE. */
export function likePatterns({ option, values }: Pick<CheckedFilter, 'option' | 'values'>): string[] {
  const [before, after] = option === 'Contains' ? ['%', '%'] : option === 'BeginsWith' ? ['', '%'] : ['', ''];
  return values.map((value) => before + value.replace(/[\\%_]/g, '\\$&') + after);
}

function checkFilter(
  { Key, Option, Values }: Valid<ParameterStringFilter>,
  rules: FilterRules,
  seen: ReadonlySet<string>,
): CheckedFilter {
  // No text that is kept holds it.
  if ([Key, ...(Values ?? [])].some((text) => text.includes('\0'))) {
    throw new ApiError(
      'InvalidFilterValue',
      `The filter ${Key.replaceAll('\0', '')} must not contain the character NUL.`,
    );
  }
  const isTag = Key.startsWith('tag:');
  if (!(isTag ? rules.tags : rules.keys.includes(Key))) {
    throw new ApiError(
      'InvalidFilterKey',
      `The following filter key is not valid: ${Key}. Valid filter keys include: [${rules.shownKeys.join(', ')}].`,
    );
  }
  const values = Values ?? [];
  if (values.length === 0 && !isTag) {
    throw new ApiError('InvalidFilterValue', `The following filter values are missing : null for filter key ${Key}.`);
  }
  if (seen.has(Key)) {
    throw new ApiError(
      'InvalidFilterKey',
      `The following filter is duplicated in the request: ${Key}. A request can contain only one occurrence of a ` +
        'specific filter.',
    );
  }
  const option = Option ?? (Key === 'Path' ? 'OneLevel' : 'Equals');
  checkOption(Key, option);
  if (option === 'Equals') checkValues(Key, values);
  return { key: Key, option, values };
}

function checkOption(key: string, option: string): void {
  // AWS does not show Contains, which it knows for names.
  const shown = key === 'Path' ? ['Recursive', 'OneLevel'] : key === 'Label' ? ['Equals'] : ['BeginsWith', 'Equals'];
  if (shown.includes(option) || (key === 'Name' && option === 'Contains')) return;
  throw new ApiError(
    'InvalidFilterOption',
    `The following filter option is not valid: ${option}. Valid options include: [${shown.join(', ')}].`,
  );
}

function checkValues(key: string, values: readonly string[]): void {
  const known = VALUES[key];
  const wrong = known && values.find((value) => !known.includes(value));
  if (wrong === undefined) return;
  // The code is AWS's: it has InvalidFilterValue too, and keeps it for values that are missing.
  throw new ApiError(
    'InvalidFilterOption',
    `The following filter value is not valid: ${wrong}. Valid values include: [${known!.join(', ')}].`,
  );
}
