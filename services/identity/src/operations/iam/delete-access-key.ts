import type { DeleteAccessKeyRequest } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { noSuchAccessKey } from '../../domain/no-such-access-key.js';
import { accessKeyDeleted } from '../../events.js';
import { AccessKeys } from '../../store/access-keys.js';
import { Revisions } from '../../store/revisions.js';
import { type NamedUser, Users, existing } from '../../store/users.js';

@Operation('iam', 'DeleteAccessKey')
export class DeleteAccessKey implements Handles<DeleteAccessKeyRequest, NamedUser, object> {
  constructor(
    private readonly users: Users,
    private readonly accessKeys: AccessKeys,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
  ) {}

  load(input: Valid<DeleteAccessKeyRequest>, call: Call) {
    return this.users.named(call, input.UserName);
  }

  async handle(input: Valid<DeleteAccessKeyRequest>, named: NamedUser, call: Call) {
    const user = existing(named);
    return this.work.commit(call, async (tx) => {
      if (!(await this.accessKeys.remove(tx, user, input.AccessKeyId))) throw noSuchAccessKey(input.AccessKeyId);
      await this.revisions.advance(tx);
      tx.announce(accessKeyDeleted(call, user.arn, { userName: user.name, accessKeyId: input.AccessKeyId }));
      return {};
    });
  }
}
