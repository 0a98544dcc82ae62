import type { Tag } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

import type { Scope } from './parameter-name.js';
import { type Reference, referenceOf } from './reference.js';

/** Tags by key. */
export type Tags = Readonly<Record<string, string>>;

const TAGS_MAX = 50;

/** The tags of a new parameter. @throws ApiError when there are too many, one twice, or one of AWS's own */
export function tagsOf(tags: readonly Valid<Tag>[] | undefined): Tags {
  // A map: `__proto__` is a key like any other.
  const result = new Map<string, string>();
  for (const { Key, Value } of tags ?? []) {
    refuseReserved(Key);
    if (result.has(Key)) {
      throw new ApiError('ValidationException', `Duplicate tag key found: ${Key}. Give each key once.`);
    }
    result.set(Key, Value);
  }
  if (result.size > TAGS_MAX) {
    throw new ApiError('ValidationException', `A parameter can have ${TAGS_MAX} tags at most.`);
  }
  return Object.fromEntries(result);
}

/** Tags after a change: a key that is there gets the new value, one that is not there is removed already. */
export function changedTags(present: Tags, set: Tags, remove: readonly string[]): Tags {
  Object.keys(set).forEach(refuseReserved);
  const result = new Map([...Object.entries(present), ...Object.entries(set)]);
  for (const key of remove) result.delete(key);
  if (result.size > TAGS_MAX) {
    throw new ApiError('TooManyTagsError', `A parameter can have ${TAGS_MAX} tags at most. Remove some first.`);
  }
  return Object.fromEntries(result);
}

/** What is to be tagged: a parameter as a whole. @throws ApiError InvalidResourceId, which has no message at AWS */
export function taggedReference(name: string, scope: Scope): Reference {
  try {
    const reference = referenceOf(name, scope);
    return reference.selector === undefined ? reference : { ...reference, elsewhere: true };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ValidationException') throw new ApiError('InvalidResourceId', '');
    throw error;
  }
}

function refuseReserved(key: string): void {
  if (/^aws:/i.test(key)) throw new ApiError('ValidationException', `Tag key ${key}: can't be prefixed with "aws:".`);
}
