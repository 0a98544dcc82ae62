import { ApiError } from '@muster/aws-protocol';

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
