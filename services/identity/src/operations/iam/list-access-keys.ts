import type { ListAccessKeysRequest, ListAccessKeysResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { page } from '../../page.js';
import { AccessKeys } from '../../store/access-keys.js';
import { type NamedPrincipal, Principals, existing } from '../../store/principals.js';

@Operation('iam', 'ListAccessKeys')
export class ListAccessKeys implements Handles<ListAccessKeysRequest, NamedPrincipal, ListAccessKeysResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly accessKeys: AccessKeys,
  ) {}

  load(input: Valid<ListAccessKeysRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  async handle(input: Valid<ListAccessKeysRequest>, named: NamedPrincipal, call: Call) {
    const user = existing(named);
    const { items, ...rest } = await page(call, input, {
      filters: { user: user.id },
      read: (after, limit) => this.accessKeys.list(user, after, limit),
      keyOf: (key) => key.id,
    });
    return {
      AccessKeyMetadata: items.map((key) => ({
        UserName: user.name,
        AccessKeyId: key.id,
        Status: key.status,
        CreateDate: key.createdAt,
      })),
      ...rest,
    };
  }
}
