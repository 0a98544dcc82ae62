import type { UpdateAccessKeyRequest } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { noSuchAccessKey } from '../../domain/no-such-access-key.js';
import { accessKeyUpdated } from '../../events.js';
import { AccessKeys } from '../../store/access-keys.js';
import { Changes } from '../../store/changes.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'UpdateAccessKey')
export class UpdateAccessKey implements Handles<UpdateAccessKeyRequest, NamedPrincipal, object> {
  constructor(
    private readonly principals: Principals,
    private readonly accessKeys: AccessKeys,
    private readonly changes: Changes,
  ) {}

  load(input: Valid<UpdateAccessKeyRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  async handle(input: Valid<UpdateAccessKeyRequest>, named: NamedPrincipal, call: Call) {
    const { AccessKeyId: id, Status: status } = input;
    // The model knows it as a state that a key can be in; nobody can ask for it.
    if (status === 'Expired') throw new ApiError('InvalidInputException', 'Status must be Active or Inactive.');

    return this.changes.of(call, named, async (tx, user) => {
      if (!(await this.accessKeys.setStatus(tx, user, id, status))) throw noSuchAccessKey(id);
      tx.announce(accessKeyUpdated(call, user.arn, { userName: user.name, accessKeyId: id, status }));
      return {};
    });
  }
}
