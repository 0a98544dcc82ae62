import { ApiError, type DescribeAccountRequest, type DescribeAccountResult } from '@muster/aws-protocol';
import { type Acted, type Handles, Operation, type Valid } from '@muster/bus';

import { accountArn, accountShape } from '../../domain/account-shape.js';
import { Accounts } from '../../store/accounts.js';

interface Managed extends Acted {
  readonly management: string;
}

@Operation('muster', 'DescribeAccount')
export class DescribeAccount implements Handles<DescribeAccountRequest, Managed, DescribeAccountResult> {
  constructor(private readonly accounts: Accounts) {}

  async load(input: Valid<DescribeAccountRequest>): Promise<Managed> {
    const management = await this.accounts.management();
    return { management, on: [{ arn: accountArn(management, input.AccountId) }] };
  }

  async handle(input: Valid<DescribeAccountRequest>, { management }: Managed) {
    const account = await this.accounts.find(input.AccountId);
    if (!account) throw new ApiError('AccountNotFound', `There is no account ${input.AccountId}.`);
    return { Account: accountShape(account, management) };
  }
}
