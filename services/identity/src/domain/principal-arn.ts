import { formatArn } from '@muster/iam';

/** What has policies of its own: users and roles act, groups lend theirs to their users. */
export type PrincipalKind = 'User' | 'Role' | 'Group';

/** `arn:aws:iam::123456789012:user/division/alice`; a path begins and ends with a slash. */
export function principalArn(kind: PrincipalKind, account: string, path: string, name: string): string {
  return formatArn({ service: 'iam', region: '', account, resource: `${kind.toLowerCase()}${path}${name}` });
}

/** `arn:aws:iam::123456789012:policy/team/readers`; AWS's own are of the account `aws`. */
export function policyArn(account: string, path: string, name: string): string {
  return formatArn({ service: 'iam', region: '', account, resource: `policy${path}${name}` });
}

/** `arn:aws:sts::123456789012:assumed-role/NAME/SESSION`: without the role's path. */
export function assumedRoleArn(account: string, roleName: string, sessionName: string): string {
  return formatArn({ service: 'sts', region: '', account, resource: `assumed-role/${roleName}/${sessionName}` });
}

/** `arn:aws:iam::123456789012:root`: the account itself. */
export function rootOf(account: string): string {
  return formatArn({ service: 'iam', region: '', account, resource: 'root' });
}
