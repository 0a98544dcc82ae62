import type { UntagResourceRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';

import { demandKept } from '../../domain/key-state.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'UntagResource')
export class UntagResource implements Handles<UntagResourceRequest, NamedKey, object> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
  ) {}

  load(input: Valid<UntagResourceRequest>, call: Call) {
    return this.keys.named(call, input.KeyId, { context: { 'aws:TagKeys': input.TagKeys } });
  }

  async handle(input: Valid<UntagResourceRequest>, named: NamedKey, call: Call) {
    return this.changes.commit(call, named, (key) => {
      demandKept(key);
      const kept = Object.entries(key.tags).filter(([name]) => !input.TagKeys.includes(name));
      return { change: { tags: Object.fromEntries(kept) }, answer: {} };
    });
  }
}
