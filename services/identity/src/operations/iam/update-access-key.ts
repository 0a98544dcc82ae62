import type { UpdateAccessKeyRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { UnitOfWork } from '@muster/persistence';

import { noSuchAccessKey } from '../../domain/no-such-access-key.js';
import { accessKeyUpdated } from '../../events.js';
import { AccessKeys } from '../../store/access-keys.js';
import { Revisions } from '../../store/revisions.js';
import { type NamedUser, Users, existing } from '../../store/users.js';

@Operation('iam', 'UpdateAccessKey')
export class UpdateAccessKey implements Handles<UpdateAccessKeyRequest, NamedUser, object> {
  constructor(
    private readonly users: Users,
    private readonly accessKeys: AccessKeys,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
  ) {}

  load(input: Valid<UpdateAccessKeyRequest>, call: Call) {
    return this.users.named(call, input.UserName);
  }

  async handle(input: Valid<UpdateAccessKeyRequest>, named: NamedUser, call: Call) {
    const user = existing(named);
    const { AccessKeyId: id, Status: status } = input;
    // The model knows it as a state that a key can be in; nobody can ask for it.
    if (status === 'Expired') throw new ApiError('InvalidInputException', 'Status must be Active or Inactive.');

    return this.work.commit(call, async (tx) => {
      if (!(await this.accessKeys.setStatus(tx, user, id, status))) throw noSuchAccessKey(id);
      await this.revisions.advance(tx);
      tx.announce(accessKeyUpdated(call, user.arn, { userName: user.name, accessKeyId: id, status }));
      return {};
    });
  }
}
