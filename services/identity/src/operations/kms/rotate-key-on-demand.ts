import type { RotateKeyOnDemandRequest, RotateKeyOnDemandResponse } from '@aws-sdk/client-kms';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock, Ids } from '@muster/persistence';

import { demandEnabled } from '../../domain/key-state.js';
import { newMaterialId } from '../../domain/new-key.js';
import { MOST_ON_DEMAND } from '../../domain/rotation.js';
import { keyRotated } from '../../events.js';
import { KeyChanges } from '../../store/key-changes.js';
import { KeyRing } from '../../store/key-ring.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'RotateKeyOnDemand')
export class RotateKeyOnDemand implements Handles<RotateKeyOnDemandRequest, NamedKey, RotateKeyOnDemandResponse> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
    private readonly ring: KeyRing,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<RotateKeyOnDemandRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(_input: Valid<RotateKeyOnDemandRequest>, named: NamedKey, call: Call) {
    return this.changes.commit(call, named, async (key, tx) => {
      demandEnabled(key);
      if ((await this.ring.countOnDemand(tx, key.id)) >= MOST_ON_DEMAND) {
        throw new ApiError(
          'LimitExceededException',
          `${key.arn} was rotated on demand ${MOST_ON_DEMAND} times, which is the most.`,
        );
      }
      await this.ring.rotate(tx, key, {
        rotation: 'ON_DEMAND',
        materialId: newMaterialId((bytes) => this.ids.random(bytes)),
        material: this.ids.random(32),
        at: this.clock.now(),
      });
      tx.announce(keyRotated(key, key.arn, { keyId: key.id, rotation: 'ON_DEMAND' }));
      return { change: {}, answer: { KeyId: key.arn } };
    });
  }
}
