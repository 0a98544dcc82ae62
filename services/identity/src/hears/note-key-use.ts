import { fromBinary } from '@bufbuild/protobuf';
import { type Heard, Hears, type HearsMessages } from '@muster/bus';
import { type KeyUsed, KeyUsedSchema, subjects } from '@muster/contracts';

import { AccessKeys } from '../store/access-keys.js';

/** The gateway says which keys signed something, each once a minute: only its bus user may. */
@Hears(subjects.identityKeyUsed, { everyMs: 1_000 })
export class NoteKeyUse implements HearsMessages {
  constructor(private readonly accessKeys: AccessKeys) {}

  async handle(messages: readonly Heard[]): Promise<void> {
    const newest = new Map<string, KeyUsed>();
    for (const { data } of messages) {
      const use = fromBinary(KeyUsedSchema, data);
      const known = newest.get(use.accessKeyId);
      if (!known || known.atMs < use.atMs) newest.set(use.accessKeyId, use);
    }
    await this.accessKeys.noteUse([...newest.values()]);
  }
}
