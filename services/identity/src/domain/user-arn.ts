import { formatArn } from '@muster/iam';

/** `arn:aws:iam::123456789012:user/division/alice`; a path begins and ends with a slash. */
export function userArn(account: string, path: string, userName: string): string {
  return formatArn({ service: 'iam', region: '', account, resource: `user${path}${userName}` });
}
