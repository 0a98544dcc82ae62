import type { DisableKeyRotationRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { demandEnabled } from '../../domain/key-state.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'DisableKeyRotation')
export class DisableKeyRotation implements Handles<DisableKeyRotationRequest, NamedKey, object> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
  ) {}

  load(input: Valid<DisableKeyRotationRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(_input: Valid<DisableKeyRotationRequest>, named: NamedKey, call: Call) {
    return this.changes.commit(call, named, (key) => {
      demandEnabled(key);
      return { change: { rotationDays: null, nextRotationAt: null }, answer: {} };
    });
  }
}
