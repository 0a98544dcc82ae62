import type { Account as Shape } from '@muster/aws-protocol';
import { formatArn } from '@muster/iam';

import type { Account } from '../store/accounts.js';

/** `arn:aws:muster::111122223333:account/444455556666`: accounts are a thing of the management account. */
export function accountArn(management: string, account: string): string {
  return formatArn({ service: 'muster', region: '', account: management, resource: `account/${account}` });
}

/** An account as the API shows it. */
export function accountShape(account: Account, management: string): Shape {
  return {
    Id: account.id,
    Arn: accountArn(management, account.id),
    Name: account.name,
    Management: account.management,
    CreatedAt: account.createdAt,
  };
}
