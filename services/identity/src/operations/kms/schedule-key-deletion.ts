import type { ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse } from '@aws-sdk/client-kms';
import { ApiError } from '@muster/aws-protocol';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { Clock } from '@muster/persistence';

import { demandKept } from '../../domain/key-state.js';
import { daysAfter } from '../../domain/rotation.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'ScheduleKeyDeletion')
export class ScheduleKeyDeletion implements Handles<ScheduleKeyDeletionRequest, NamedKey, ScheduleKeyDeletionResponse> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
    private readonly clock: Clock,
  ) {}

  load(input: Valid<ScheduleKeyDeletionRequest>, call: Call) {
    const context = { 'kms:ScheduleKeyDeletionPendingWindowInDays': String(input.PendingWindowInDays ?? 30) };
    return this.keys.named(call, input.KeyId, { context });
  }

  async handle(input: Valid<ScheduleKeyDeletionRequest>, named: NamedKey, call: Call) {
    const days = input.PendingWindowInDays ?? 30;
    if (days < 7 || days > 30) {
      throw new ApiError('ValidationException', `PendingWindowInDays must be between 7 and 30, not ${days}.`);
    }
    return this.changes.commit(call, named, (key) => {
      demandKept(key);
      const deletionAt = daysAfter(this.clock.now(), days);
      return {
        change: { state: 'PendingDeletion' as const, deletionAt },
        answer: {
          KeyId: key.arn,
          DeletionDate: deletionAt,
          KeyState: 'PendingDeletion' as const,
          PendingWindowInDays: days,
        },
      };
    });
  }
}
