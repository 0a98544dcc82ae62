import type { Tag } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

/** Tags by key. */
export type Tags = Readonly<Record<string, string>>;

const MOST_TAGS = 50;

/** Adds tags to those that are there; the same key gets the new value. @throws ApiError as AWS */
export function addTags(present: Tags, added: readonly Valid<Tag>[]): Tags {
  const reserved = added.find((tag) => /^aws:/i.test(tag.Key));
  if (reserved) {
    const message = `Tag key ${reserved.Key} is not valid: keys that start with aws: are reserved. Choose another key.`;
    throw new ApiError('ValidationException', message);
  }
  const tags = { ...present, ...Object.fromEntries(added.map((tag) => [tag.Key, tag.Value])) };
  if (Object.keys(tags).length > MOST_TAGS) {
    throw new ApiError('TooManyTagsError', `A resource may have ${MOST_TAGS} tags. Remove some first.`);
  }
  return tags;
}

/** What is left; keys that are not there are no error. */
export function removeTags(present: Tags, keys: readonly string[]): Tags {
  const removed = new Set(keys);
  return Object.fromEntries(Object.entries(present).filter(([key]) => !removed.has(key)));
}

/** Tags as AWS lists them, by key. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}
