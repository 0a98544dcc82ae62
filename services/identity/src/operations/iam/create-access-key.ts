import type { CreateAccessKeyRequest, CreateAccessKeyResponse } from '@aws-sdk/client-iam';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, Ids, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { IdentityConfig } from '../../config.js';
import { newAccessKey } from '../../domain/new-access-key.js';
import { accessKeyCreated } from '../../events.js';
import { AccessKeys } from '../../store/access-keys.js';
import { Revisions } from '../../store/revisions.js';
import { type NamedUser, Users, existing } from '../../store/users.js';

@Operation('iam', 'CreateAccessKey')
export class CreateAccessKey implements Handles<CreateAccessKeyRequest, NamedUser, CreateAccessKeyResponse> {
  constructor(
    private readonly users: Users,
    private readonly accessKeys: AccessKeys,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  load(input: Valid<CreateAccessKeyRequest>, call: Call) {
    return this.users.named(call, input.UserName);
  }

  async handle(_input: Valid<CreateAccessKeyRequest>, named: NamedUser, call: Call) {
    const { id } = existing(named);
    return this.work.commit(call, async (tx) => {
      const user = existing({ ...named, user: await this.users.lock(tx, id) });
      if ((await this.accessKeys.count(tx, user)) >= this.config.accessKeysPerUser) {
        const limit = this.config.accessKeysPerUser;
        throw new ApiError('LimitExceededException', `Cannot exceed quota for AccessKeysPerUser: ${limit}`);
      }

      const key = newAccessKey((bytes) => this.ids.random(bytes));
      const createdAt = this.clock.now();
      await this.accessKeys.add(tx, user, key, createdAt);
      await this.revisions.advance(tx);
      tx.announce(accessKeyCreated(call, user.arn, { userName: user.name, accessKeyId: key.accessKeyId }));
      return {
        AccessKey: {
          UserName: user.name,
          AccessKeyId: key.accessKeyId,
          Status: 'Active' as const,
          SecretAccessKey: key.secretAccessKey,
          CreateDate: createdAt,
        },
      };
    });
  }
}
