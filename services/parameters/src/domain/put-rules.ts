import type { PutParameterRequest, Tag } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

const TAGS_MAX = 50;

/** What a request must be whatever is there already. @throws ApiError as AWS answers */
export function checkPutRequest(input: Valid<PutParameterRequest>): void {
  if (input.Value === '') {
    throw new ApiError(
      'ValidationException',
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater " +
        'than or equal to 1.',
    );
  }
  if (input.Overwrite && input.Tags && input.Tags.length > 0) {
    throw new ApiError(
      'ValidationException',
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove " +
        'overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or ' +
        'RemoveTagsFromResource.',
    );
  }
  if (input.DataType !== undefined && input.DataType !== 'text') {
    throw new ApiError(
      'ValidationException',
      `The following data type is not supported: ${input.DataType} (Data type names are all lowercase.)`,
    );
  }
  if (input.Policies !== undefined && input.Policies !== '[{}]' && input.Policies !== '[]') {
    throw new ApiError(
      'InvalidPolicyTypeException',
      'Parameter policies (Expiration, ExpirationNotification, NoChangeNotification) are not supported here yet.',
    );
  }
  if (/\{\{.*\}\}/s.test(input.Value)) {
    throw new ApiError(
      'ValidationException',
      'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    );
  }
  // A text column of Postgres cannot hold it, and no client shows it.
  if (input.Value.includes('\0')) {
    throw new ApiError('ValidationException', 'Parameter value: must not contain the character NUL.');
  }
}

/** The tags of a new parameter. @throws ApiError when there are too many, one twice, or one of AWS's own */
export function tagsOf(tags: readonly Valid<Tag>[] | undefined): Record<string, string> {
  // A map: `__proto__` is a key like any other.
  const result = new Map<string, string>();
  for (const { Key, Value } of tags ?? []) {
    if (Key.toLowerCase().startsWith('aws:')) {
      throw new ApiError('ValidationException', `Tag key ${Key}: can't be prefixed with "aws:".`);
    }
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
