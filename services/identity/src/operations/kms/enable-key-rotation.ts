import type { EnableKeyRotationRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock } from '@muster/persistence';

import { demandEnabled } from '../../domain/key-state.js';
import { ROTATION_DAYS, rotationFrom } from '../../domain/rotation.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'EnableKeyRotation')
export class EnableKeyRotation implements Handles<EnableKeyRotationRequest, NamedKey, object> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
    private readonly clock: Clock,
  ) {}

  load({ KeyId, RotationPeriodInDays: days }: Valid<EnableKeyRotationRequest>, call: Call) {
    const context = { 'kms:RotationPeriodInDays': String(days ?? ROTATION_DAYS) };
    return this.keys.named(call, KeyId, { context });
  }

  async handle({ RotationPeriodInDays: days }: Valid<EnableKeyRotationRequest>, named: NamedKey, call: Call) {
    return this.changes.commit(call, named, (key) => {
      demandEnabled(key);
      // Asked for again with the same period, or none, it goes on as it is.
      const same = key.rotationDays !== null && (days === undefined || days === key.rotationDays);
      return { change: same ? {} : rotationFrom(this.clock.now(), days), answer: {} };
    });
  }
}
