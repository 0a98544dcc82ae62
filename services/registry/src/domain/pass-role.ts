import { type Resource, formatArn } from '@muster/iam';

/** Who gives a role to a node must, as at AWS, be allowed to hand on that role. */
export function passRole(account: string, iamRole: string): Resource {
  return {
    arn: formatArn({ service: 'iam', region: '', account, resource: `role/${iamRole}` }),
    action: 'iam:PassRole',
  };
}
