import type { ListAccountsRequest, ListAccountsResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { accountArn, accountShape } from '../../domain/account-shape.js';
import { Accounts } from '../../store/accounts.js';

interface Managed extends Acted {
  readonly management: string;
}

const PAGE = 50;

@Operation('muster', 'ListAccounts')
export class ListAccounts implements Handles<ListAccountsRequest, Managed, ListAccountsResult> {
  constructor(private readonly accounts: Accounts) {}

  async load(): Promise<Managed> {
    const management = await this.accounts.management();
    return { management, on: [{ arn: accountArn(management, '*') }] };
  }

  async handle(input: Valid<ListAccountsRequest>, { management }: Managed, call: Call) {
    const most = input.MaxResults ?? PAGE;
    const after = positionOf<string>(call, null, input.NextToken) ?? '';
    const found = await this.accounts.list(after, most + 1);
    const page = found.slice(0, most);
    return {
      Accounts: page.map((account) => accountShape(account, management)),
      ...(found.length > most && { NextToken: nextToken(call, null, page.at(-1)!.id) }),
    };
  }
}
