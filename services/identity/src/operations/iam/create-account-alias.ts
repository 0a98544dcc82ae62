import type { CreateAccountAliasRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { rootOf } from '../../domain/principal-arn.js';
import { UnitOfWork } from '@muster/persistence';

import { accountAliasChanged } from '../../events.js';
import { Accounts } from '../../store/accounts.js';

/** An account has one at most: the new one replaces it. */
@Operation('iam', 'CreateAccountAlias')
export class CreateAccountAlias implements Handles<CreateAccountAliasRequest, Acted, object> {
  constructor(
    private readonly accounts: Accounts,
    private readonly work: UnitOfWork,
  ) {}

  load(): Acted {
    return { on: [] };
  }

  handle({ AccountAlias: alias }: Valid<CreateAccountAliasRequest>, _loaded: Acted, call: Call) {
    return this.work.commit(call, async (tx) => {
      if (!(await this.accounts.setAlias(tx, call.account, alias))) {
        throw new ApiError('EntityAlreadyExistsException', `The account alias ${alias} already exists.`);
      }
      tx.announce(accountAliasChanged(call, rootOf(call.account), { alias, change: 'set' }));
      return {};
    });
  }
}
