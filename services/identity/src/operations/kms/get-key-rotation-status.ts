import type { GetKeyRotationStatusRequest, GetKeyRotationStatusResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { type NamedKey, NamedKeys, existing } from '../../store/named-keys.js';

@Operation('kms', 'GetKeyRotationStatus')
export class GetKeyRotationStatus implements Handles<
  GetKeyRotationStatusRequest,
  NamedKey,
  GetKeyRotationStatusResponse
> {
  constructor(private readonly keys: NamedKeys) {}

  load(input: Valid<GetKeyRotationStatusRequest>, call: Call) {
    return this.keys.named(call, input.KeyId, { ofOthers: true });
  }

  async handle(_input: Valid<GetKeyRotationStatusRequest>, named: NamedKey) {
    const { arn, state, rotationDays, nextRotationAt } = existing(named);
    // A key that waits for its deletion is not rotated, and says so.
    if (rotationDays === null || !nextRotationAt || state === 'PendingDeletion') {
      return { KeyId: arn, KeyRotationEnabled: false };
    }
    return {
      KeyId: arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: rotationDays,
      NextRotationDate: nextRotationAt,
    };
  }
}
