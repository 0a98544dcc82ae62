import { ApiError } from '@muster/aws-protocol';

/** What AWS answers when a user has no access key of that id. */
export function noSuchAccessKey(accessKeyId: string): ApiError {
  return new ApiError('NoSuchEntityException', `The Access Key with id ${accessKeyId} cannot be found.`);
}
