import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';

import { checkDataType } from './data-type.js';
import { policyTexts } from './parameter-policies.js';

/**
 * What a request must be whatever is there already.
 * @param now an expiration must lie behind it
 * @throws ApiError as AWS answers
 */
export function checkPutRequest(input: Valid<PutParameterRequest>, now: Date): void {
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
  if (input.DataType !== undefined) checkDataType(input.DataType);
  if (input.Policies !== undefined) policyTexts(input.Policies, now);
  if (/\{\{.*\}\}/s.test(input.Value)) {
    throw new ApiError(
      'ValidationException',
      'Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.',
    );
  }
  // A text column of Postgres cannot hold it, and no client shows it.
  for (const [what, text] of Object.entries({
    value: input.Value,
    description: input.Description,
    allowedPattern: input.AllowedPattern,
  })) {
    if (!text?.includes('\0')) continue;
    throw new ApiError('ValidationException', `Parameter ${what}: must not contain the character NUL.`);
  }
}
