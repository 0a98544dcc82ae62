import type { ListAccountAliasesRequest, ListAccountAliasesResponse } from '@aws-sdk/client-iam';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { Accounts } from '../../store/accounts.js';

/** One, or none. */
@Operation('iam', 'ListAccountAliases')
export class ListAccountAliases implements Handles<ListAccountAliasesRequest, Acted, ListAccountAliasesResponse> {
  constructor(private readonly accounts: Accounts) {}

  load(): Acted {
    return { on: [] };
  }

  async handle(_input: Valid<ListAccountAliasesRequest>, _loaded: Acted, call: Call) {
    const alias = await this.accounts.aliasOf(call.account);
    return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
  }
}
