import type { TagResourceRequest } from '@aws-sdk/client-kms';
import { type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { requestTags } from '@muster/iam';

import { demandKept } from '../../domain/key-state.js';
import { tagsOf, withTags } from '../../domain/key-tags.js';
import { KeyChanges } from '../../store/key-changes.js';
import { type NamedKey, NamedKeys } from '../../store/named-keys.js';

@Operation('kms', 'TagResource')
export class TagResource implements Handles<TagResourceRequest, NamedKey, object> {
  constructor(
    private readonly keys: NamedKeys,
    private readonly changes: KeyChanges,
  ) {}

  load(input: Valid<TagResourceRequest>, call: Call) {
    return this.keys.named(call, input.KeyId, { context: requestTags(tagsOf(input.Tags)) });
  }

  async handle(input: Valid<TagResourceRequest>, named: NamedKey, call: Call) {
    return this.changes.commit(call, named, (key) => {
      demandKept(key);
      return { change: { tags: withTags(key.tags, tagsOf(input.Tags)) }, answer: {} };
    });
  }
}
