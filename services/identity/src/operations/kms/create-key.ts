import type { CreateKeyRequest, CreateKeyResponse } from '@aws-sdk/client-kms';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { requestTags } from '@muster/iam';
import { defaultKeyPolicy } from '@muster/keys';
import { Clock, Ids, UnitOfWork } from '@muster/persistence';

import { keyMetadata } from '../../domain/key-metadata.js';
import { keyArn } from '../../domain/key-reference.js';
import { tagsOf } from '../../domain/key-tags.js';
import { newKeyId, newMaterialId } from '../../domain/new-key.js';
import { onlySymmetricKeys } from '../../domain/only-symmetric-keys.js';
import { keyCreated } from '../../events.js';
import { KeyPolicies } from '../../key-policies.js';
import { KeyRing } from '../../store/key-ring.js';

@Operation('kms', 'CreateKey')
export class CreateKey implements Handles<CreateKeyRequest, Acted, CreateKeyResponse> {
  constructor(
    private readonly ring: KeyRing,
    private readonly policies: KeyPolicies,
    private readonly work: UnitOfWork,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<CreateKeyRequest>, call: Call): Acted {
    const asked = requestTags(tagsOf(input.Tags));
    const context = {
      'kms:CallerAccount': call.caller.account,
      'kms:KeySpec': input.KeySpec ?? 'SYMMETRIC_DEFAULT',
      'kms:KeyUsage': input.KeyUsage ?? 'ENCRYPT_DECRYPT',
      'kms:KeyOrigin': input.Origin ?? 'AWS_KMS',
      'kms:MultiRegion': String(input.MultiRegion ?? false),
      'kms:BypassPolicyLockoutSafetyCheck': String(input.BypassPolicyLockoutSafetyCheck ?? false),
      ...asked,
    };
    // As AWS: policies may speak about the tags of keys, so who makes one with tags must be allowed to tag.
    const tagged = input.Tags?.length ? [{ arn: '*', action: 'kms:TagResource', context: asked }] : [];
    return { on: [{ arn: '*', context }, ...tagged] };
  }

  async handle(input: Valid<CreateKeyRequest>, _loaded: Acted, call: Call) {
    onlySymmetricKeys(input);
    const id = newKeyId((bytes) => this.ids.random(bytes));
    const arn = keyArn(call, id);
    const tags = tagsOf(input.Tags);
    const policy = input.Policy ?? defaultKeyPolicy(call.account);
    await this.policies.check(call, { arn, tags }, policy, input.BypassPolicyLockoutSafetyCheck ?? false);
    return this.work.commit(call, async (tx) => {
      const key = {
        ...{ id, account: call.account, region: call.region, manager: 'CUSTOMER' as const, policy, tags },
        description: input.Description ?? '',
        createdAt: this.clock.now(),
        materialId: newMaterialId((bytes) => this.ids.random(bytes)),
      };
      await this.ring.add(tx, key, this.ids.random(32));
      tx.announce(keyCreated(call, arn, { keyId: id, manager: 'CUSTOMER' }));
      const facts = { ...key, arn, state: 'Enabled' as const, deletionAt: null, currentMaterialId: key.materialId };
      return { KeyMetadata: keyMetadata(facts) };
    });
  }
}
