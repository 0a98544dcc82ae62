import type { CreateAccessKeyRequest, CreateAccessKeyResponse } from '@aws-sdk/client-iam';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, Ids } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { IdentityConfig } from '../../config.js';
import { newAccessKey } from '../../domain/new-credentials.js';
import { overQuota } from '../../domain/over-quota.js';
import { accessKeyCreated } from '../../events.js';
import { AccessKeys } from '../../store/access-keys.js';
import { Changes } from '../../store/changes.js';
import { type NamedPrincipal, Principals } from '../../store/principals.js';

@Operation('iam', 'CreateAccessKey')
export class CreateAccessKey implements Handles<CreateAccessKeyRequest, NamedPrincipal, CreateAccessKeyResponse> {
  constructor(
    private readonly principals: Principals,
    private readonly accessKeys: AccessKeys,
    private readonly changes: Changes,
    private readonly ids: Ids,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: IdentityConfig,
  ) {}

  load(input: Valid<CreateAccessKeyRequest>, call: Call) {
    return this.principals.named(call, 'User', input.UserName);
  }

  async handle(_input: Valid<CreateAccessKeyRequest>, named: NamedPrincipal, call: Call) {
    return this.changes.of(call, named, async (tx, user) => {
      const { accessKeysPerUser } = this.config;
      if ((await this.accessKeys.count(tx, user)) >= accessKeysPerUser) {
        throw overQuota('AccessKeysPerUser', accessKeysPerUser);
      }

      const key = newAccessKey((bytes) => this.ids.random(bytes));
      const createdAt = this.clock.now();
      await this.accessKeys.add(tx, user, key, createdAt);
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
