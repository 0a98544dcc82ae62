import type { Tag } from '@aws-sdk/client-kms';
import { ApiError } from '@muster/aws-protocol';

const MOST = 50;

/**
 * Tags of a request as a record.
 * @throws ApiError TagException
 */
export function tagsOf(tags: readonly { TagKey: string; TagValue: string }[] = []): Record<string, string> {
  const record: Record<string, string> = {};
  for (const { TagKey, TagValue } of tags) {
    if (Object.hasOwn(record, TagKey)) throw new ApiError('TagException', `Duplicate tag key: ${TagKey}`);
    if (TagKey.toLowerCase().startsWith('aws:')) {
      throw new ApiError('TagException', `Tags beginning with aws: are reserved: ${TagKey}`);
    }
    record[TagKey] = TagValue;
  }
  demandFew(record);
  return record;
}

/** The tags that a key has when these are put over what it had. @throws ApiError TagException */
export function withTags(
  before: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = { ...before, ...added };
  demandFew(all);
  return all;
}

/** Tags of a record, by key. */
export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.keys(tags)
    .sort()
    .map((TagKey) => ({ TagKey, TagValue: tags[TagKey] }));
}

function demandFew(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MOST) throw new ApiError('TagException', `Too many tags: a key has ${MOST} at most.`);
}
