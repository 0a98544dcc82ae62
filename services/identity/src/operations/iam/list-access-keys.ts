import type { ListAccessKeysRequest, ListAccessKeysResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid, nextToken, positionOf } from '@muster/bus';

import { AccessKeys } from '../../store/access-keys.js';
import { type NamedUser, Users, existing } from '../../store/users.js';

@Operation('iam', 'ListAccessKeys')
export class ListAccessKeys implements Handles<ListAccessKeysRequest, NamedUser, ListAccessKeysResponse> {
  constructor(
    private readonly users: Users,
    private readonly accessKeys: AccessKeys,
  ) {}

  load(input: Valid<ListAccessKeysRequest>, call: Call) {
    return this.users.named(call, input.UserName);
  }

  async handle(input: Valid<ListAccessKeysRequest>, named: NamedUser, call: Call) {
    const user = existing(named);
    const limit = input.MaxItems ?? 100;
    const filters = { userName: named.userName };
    const after = positionOf<string>(call, filters, input.Marker) ?? '';
    const found = await this.accessKeys.list(user, after, limit + 1);
    const page = found.slice(0, limit);
    const more = found.length > limit;
    return {
      AccessKeyMetadata: page.map((key) => ({
        UserName: user.name,
        AccessKeyId: key.id,
        Status: key.status,
        CreateDate: key.createdAt,
      })),
      IsTruncated: more,
      ...(more && { Marker: nextToken(call, filters, page.at(-1)!.id) }),
    };
  }
}
