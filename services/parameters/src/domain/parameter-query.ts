import type { DescribeParametersRequest, ParameterStringFilter } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

import { type CheckedFilter, type FilterRules, checkFilters, likePatterns } from './parameter-filters.js';
import { pathOf } from './parameter-name.js';
import { levelOf } from './path-level.js';
import {
  type PathRange,
  beginningWith,
  everyPath,
  inLevel,
  onlyPath,
  rangesInBoth,
  underLevel,
} from './path-ranges.js';

/** What parameters are asked for: where to look for them, and what they must be like, as patterns of LIKE. */
export interface ParameterQuery {
  /** In the order in which they are read. */
  readonly ranges: readonly PathRange[];
  readonly like: ParameterLikeness;
}

/** Absent: whichever. */
export interface ParameterLikeness {
  readonly path?: readonly string[];
  readonly type?: readonly string[];
  readonly keyId?: readonly string[];
  readonly tier?: readonly string[];
  readonly dataType?: readonly string[];
  /** Labels themselves: the version that has one of them is meant. */
  readonly labels?: readonly string[];
  /** Without `like`, it need only be there. */
  readonly tags?: readonly { readonly key: string; readonly like?: readonly string[] }[];
}

const DESCRIBE: FilterRules = {
  keys: ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType'],
  tags: true,
  shownKeys: ['Path', 'Name', 'Type', 'KeyId', 'Tier'],
};

const BY_PATH: FilterRules = { keys: ['Type', 'KeyId', 'Label'], tags: false, shownKeys: ['Type', 'KeyId'] };

/** What DescribeParameters asks for. @throws ApiError as AWS answers */
export function describeQuery(
  input: Pick<Valid<DescribeParametersRequest>, 'Filters' | 'ParameterFilters'>,
): ParameterQuery {
  if (input.Filters?.length && input.ParameterFilters?.length) {
    throw new ApiError('ValidationException', 'You can use either Filters or ParameterFilters in a single request.');
  }
  const old = input.Filters?.map((filter) => ({ ...filter, Option: 'Equals' }));
  const filters = checkFilters(input.ParameterFilters ?? old ?? [], DESCRIBE);
  const names = filters.find(({ key }) => key === 'Name');
  const paths = filters.find(({ key }) => key === 'Path');
  return {
    ranges: rangesInBoth(names ? namesRanges(names) : [everyPath], paths ? levelRanges(paths) : [everyPath]),
    like: likeness(filters),
  };
}

/** What GetParametersByPath asks for. @throws ApiError as AWS answers */
export function byPathQuery(
  level: string,
  recursive: boolean,
  filters: readonly Valid<ParameterStringFilter>[] | undefined,
): ParameterQuery {
  return {
    ranges: [recursive ? underLevel(level) : inLevel(level)],
    like: likeness(checkFilters(filters ?? [], BY_PATH)),
  };
}

function namesRanges({ option, values }: CheckedFilter): PathRange[] {
  if (option === 'Equals') return values.map((value) => onlyPath(pathOf(value)));
  return option === 'BeginsWith' ? values.map((value) => beginningWith(pathOf(value))) : [everyPath];
}

function levelRanges({ option, values }: CheckedFilter): PathRange[] {
  return values.map((value) => {
    const level = levelOf(value);
    if (/^\/(?:aws|ssm)/i.test(level) && !/^\/aws\/service(?:\/|$)/.test(level)) {
      throw new ApiError(
        'ValidationException',
        'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using global ' +
          'parameters, please specify within a global namespace.',
      );
    }
    return option === 'Recursive' ? underLevel(level) : inLevel(level);
  });
}

function likeness(filters: readonly CheckedFilter[]): ParameterLikeness {
  const tags: { key: string; like?: string[] }[] = [];
  const like: { -readonly [K in keyof ParameterLikeness]: ParameterLikeness[K] } = {};
  for (const filter of filters) {
    if (filter.key.startsWith('tag:')) {
      const key = filter.key.slice('tag:'.length);
      tags.push(filter.values.length > 0 ? { key, like: likePatterns(filter) } : { key });
    } else if (filter.key === 'Name' && filter.option === 'Contains') like.path = likePatterns(filter);
    else if (filter.key === 'Type') like.type = likePatterns(filter);
    else if (filter.key === 'KeyId') like.keyId = likePatterns(filter);
    else if (filter.key === 'Tier') like.tier = likePatterns(filter);
    else if (filter.key === 'DataType') like.dataType = likePatterns(filter);
    else if (filter.key === 'Label') like.labels = filter.values;
  }
  return { ...like, ...(tags.length > 0 ? { tags } : {}) };
}
