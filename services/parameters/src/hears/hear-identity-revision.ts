import { fromBinary } from '@bufbuild/protobuf';
import { type Heard, type HearsMessages, Hears, SweepWaker } from '@muster/bus';
import { RevisionSchema, subjects } from '@muster/contracts';

/** When something changes that decisions rest on, open watches are looked at without waiting for their sweep's turn. */
@Hears(subjects.identityRevision, { everyMs: 10, everyReplica: true })
export class HearIdentityRevision implements HearsMessages {
  private last: bigint | undefined;

  constructor(private readonly waker: SweepWaker) {}

  handle(messages: readonly Heard[]): Promise<void> {
    const before = this.last;
    for (const { data } of messages) this.last = fromBinary(RevisionSchema, data).revision;
    if (this.last !== before) this.waker.wake('parameters.watches');
    return Promise.resolve();
  }
}
