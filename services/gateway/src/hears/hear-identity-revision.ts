import { fromBinary } from '@bufbuild/protobuf';
import { type Heard, type HearsMessages, Hears } from '@muster/bus';
import { RevisionSchema, subjects } from '@muster/contracts';

import { IdentityRevision } from '../identity-revision.js';

/** Every replica hears how far identity is: each keeps signing keys of its own. */
@Hears(subjects.identityRevision, { everyMs: 10, everyReplica: true })
export class HearIdentityRevision implements HearsMessages {
  constructor(private readonly revision: IdentityRevision) {}

  handle(messages: readonly Heard[]): Promise<void> {
    for (const { data } of messages) this.revision.heard(fromBinary(RevisionSchema, data).revision);
    return Promise.resolve();
  }
}
