import type { DeleteAccountAliasRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { rootOf } from '../../domain/principal-arn.js';
import { UnitOfWork } from '@muster/persistence';

import { accountAliasChanged } from '../../events.js';
import { Accounts } from '../../store/accounts.js';

@Operation('iam', 'DeleteAccountAlias')
export class DeleteAccountAlias implements Handles<DeleteAccountAliasRequest, Acted, object> {
  constructor(
    private readonly accounts: Accounts,
    private readonly work: UnitOfWork,
  ) {}

  load(): Acted {
    return { on: [] };
  }

  handle({ AccountAlias: alias }: Valid<DeleteAccountAliasRequest>, _loaded: Acted, call: Call) {
    return this.work.commit(call, async (tx) => {
      if (!(await this.accounts.removeAlias(tx, call.account, alias))) {
        throw new ApiError('NoSuchEntityException', `The account alias ${alias} cannot be found.`);
      }
      tx.announce(accountAliasChanged(call, rootOf(call.account), { alias, change: 'deleted' }));
      return {};
    });
  }
}
