import { ApiError, type CreateAccountRequest, type CreateAccountResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, Ids } from '@muster/persistence';

import { accountArn, accountShape } from '../../domain/account-shape.js';
import { newAccessKey, newAccountId } from '../../domain/new-credentials.js';
import { accountCreated } from '../../events.js';
import { Accounts } from '../../store/accounts.js';
import { Changes } from '../../store/changes.js';

interface Managed extends Acted {
  readonly management: string;
}

/** Another account of this deployment, which sees nothing of the others, with an administrator. */
@Operation('muster', 'CreateAccount')
export class CreateAccount implements Handles<CreateAccountRequest, Managed, CreateAccountResult> {
  constructor(
    private readonly accounts: Accounts,
    private readonly changes: Changes,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  async load(input: Valid<CreateAccountRequest>): Promise<Managed> {
    const management = await this.accounts.management();
    return { management, on: [{ arn: accountArn(management, input.AccountId ?? '*') }] };
  }

  async handle(input: Valid<CreateAccountRequest>, { management }: Managed, call: Call) {
    const random = (bytes: number) => this.ids.random(bytes);
    const account = {
      id: input.AccountId ?? newAccountId(random),
      name: input.AccountName,
      management: false,
      createdAt: this.clock.now(),
    };
    const userName = input.UserName ?? 'administrator';
    const key = newAccessKey(random);
    return this.changes.commit(call, async (tx) => {
      if (!(await this.accounts.add(tx, account, userName, key))) {
        throw new ApiError('AccountAlreadyExists', `There is an account ${account.id} already.`);
      }
      const data = { accountId: account.id, accountName: account.name, userName };
      tx.announce(accountCreated(call, accountArn(management, account.id), data));
      return {
        Account: accountShape(account, management),
        UserName: userName,
        AccessKeyId: key.accessKeyId,
        SecretAccessKey: key.secretAccessKey,
      };
    });
  }
}
