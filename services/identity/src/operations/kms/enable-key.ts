import type { EnableKeyRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { demandKept } from '../../domain/key-state.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'EnableKey')
export class EnableKey implements Handles<EnableKeyRequest, NamedKey, object> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
  ) {}

  load(input: Valid<EnableKeyRequest>, call: Call) {
    return this.keys.named(call, input.KeyId);
  }

  async handle(_input: Valid<EnableKeyRequest>, named: NamedKey, call: Call) {
    return this.changes.commit(call, named, (key) => {
      demandKept(key);
      return { change: { state: 'Enabled' }, answer: {} };
    });
  }
}
