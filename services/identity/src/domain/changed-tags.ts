import type { Tag } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';

/** Tags of a user, role or policy, by key. */
export type Tags = Readonly<Record<string, string>>;

/** AWS's, and nothing in this API says that it may be another. */
const MOST_TAGS = 50;

/**
 * Tags with others added. IAM takes `Team` and `team` for the same key; the spelling that came last stays.
 * @throws ApiError
 */
export function withTags(tags: Tags, added: readonly Tag[]): Tags {
  const keys = added.map(({ Key }) => (Key ?? '').toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw new ApiError(
      'InvalidInputException',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  }
  if (keys.some((key) => key.startsWith('aws:'))) {
    throw new ApiError('InvalidInputException', 'Tag keys must not begin with aws: these are reserved.');
  }
  const changed = {
    ...withoutTags(tags, keys),
    ...Object.fromEntries(added.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
  if (Object.keys(changed).length > MOST_TAGS) {
    throw new ApiError('LimitExceededException', `Cannot exceed quota for TagsPerResource: ${MOST_TAGS}`);
  }
  return changed;
}

/** Tags without those of these keys. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key.toLowerCase())));
}

/** In the order of their keys, as lists show them. */
export function sortedTags(tags: Tags): { Key: string; Value: string }[] {
  return Object.keys(tags)
    .sort()
    .map((Key) => ({ Key, Value: tags[Key]! }));
}
