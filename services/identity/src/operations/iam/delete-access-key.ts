import type { DeleteAccessKeyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { noSuchAccessKey } from '../../domain/no-such-access-key.js';
import { accessKeyDeleted } from '../../events.js';
import { AccessKeys } from '../../store/access-keys.js';
import { Changes } from '../../store/changes.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'DeleteAccessKey')
export class DeleteAccessKey implements Handles<DeleteAccessKeyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly accessKeys: AccessKeys,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<DeleteAccessKeyRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  async handle(input: Valid<DeleteAccessKeyRequest>, named: NamedPrincipal, call: Call) {
    return this.changes.of(call, named, async (tx, user) => {
      if (!(await this.accessKeys.remove(tx, user, input.AccessKeyId))) throw noSuchAccessKey(input.AccessKeyId);
      tx.announce(accessKeyDeleted(call, user.arn, { userName: user.name, accessKeyId: input.AccessKeyId }));
      return {};
    });
  }
}
