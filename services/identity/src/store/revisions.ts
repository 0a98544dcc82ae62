import { create, toBinary } from '@bufbuild/protobuf';
import { Bus } from '@muster/bus';
import { RevisionSchema, subjects } from '@muster/contracts';
import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** The number that tells whether a decision made earlier may have become another. */
@Injectable()
export class Revisions {
  constructor(
    private readonly database: Database,
    private readonly bus: Bus,
  ) {}

  async current(): Promise<bigint> {
    const [row] = await this.database.named<{ value: string }>('revision_current', 'SELECT value FROM revision');
    return BigInt(row!.value);
  }

  /**
   * Call it in every transaction that changes keys, users or policies. The row's lock keeps revisions in commit order. It
   * is said at once after the commit: whoever may since then, may in a moment, and not only at the beacon's next turn.
   */
  async advance(tx: Tx): Promise<void> {
    const [row] = await tx.query<{ value: string }>('UPDATE revision SET value = value + 1 RETURNING value');
    tx.afterCommit(() => this.say(BigInt(row!.value)));
  }

  /** Everywhere. Said in another order, or lost, it does no harm: who hears nothing for a second asks. */
  say(revision: bigint): void {
    this.bus.publish(subjects.identityRevision, toBinary(RevisionSchema, create(RevisionSchema, { revision })));
  }
}
