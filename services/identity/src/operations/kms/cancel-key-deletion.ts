import type { CancelKeyDeletionRequest, CancelKeyDeletionResponse } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { demandPendingDeletion } from '../../domain/key-state.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'CancelKeyDeletion')
export class CancelKeyDeletion implements Handles<CancelKeyDeletionRequest, NamedKey, CancelKeyDeletionResponse> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
  ) {}

  load(input: Valid<CancelKeyDeletionRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(_input: Valid<CancelKeyDeletionRequest>, named: NamedKey, call: Call) {
    return this.changes.commit(call, named, (key) => {
      demandPendingDeletion(key);
      // As AWS: whoever wants to use it again enables it.
      return { change: { state: 'Disabled' as const, deletionAt: null }, answer: { KeyId: key.arn } };
    });
  }
}
