import { Bus } from '@muster/bus';
import { CommandsSandbox, EventsSandbox, ParametersSandbox, RegistrySandbox } from '@muster/contracts';
import { Clock, UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { sandboxEmptied } from './events.js';
import { type Emptying, Emptyings } from './store/emptyings.js';
import { Revisions } from './store/revisions.js';
import { Sandboxes } from './store/sandboxes.js';

/** Who else keeps something of accounts. */
const KEEPERS = [ParametersSandbox, RegistrySandbox, CommandsSandbox, EventsSandbox];
/** A batch takes a fraction of it. */
const DEADLINE_MS = 15_000;

/** Empties a sandbox, service by service and at last here. Begun again it goes on: what is gone is gone. */
@Injectable()
export class EmptyAccount {
  constructor(
    private readonly bus: Bus,
    private readonly emptyings: Emptyings,
    private readonly sandboxes: Sandboxes,
    private readonly revisions: Revisions,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws ApiError ServiceUnavailable when a service does not answer */
  async goOn(emptying: Emptying): Promise<void> {
    for (const { method } of KEEPERS) await this.emptyAt(method.emptyAccount, emptying);
    await this.finish(emptying);
  }

  private async emptyAt(method: (typeof KEEPERS)[number]['method']['emptyAccount'], emptying: Emptying): Promise<void> {
    const { account, requestedAt } = emptying;
    const request = { account, madeUntilMs: BigInt(requestedAt.getTime()) };
    for (let more = true; more;) {
      const answer = await this.bus.rpc(method, request, { deadlineMs: DEADLINE_MS });
      await this.emptyings.count(account, answer.removed);
      more = answer.more;
    }
  }

  /** What identity itself keeps goes in one transaction, with the word that all is gone. */
  private async finish(emptying: Emptying): Promise<void> {
    const { account, region, requestedBy } = emptying;
    await this.work.run(async (tx) => {
      const finished = await this.emptyings.finish(tx, emptying, this.clock.now());
      // Asked for anew: then there is more to remove, and this is not the end.
      if (!finished) return;
      const own = await this.sandboxes.removeAll(tx, account);
      const removed = { ...finished.removed, ...own };
      await this.emptyings.conclude(tx, account, removed);
      tx.announce(sandboxEmptied({ account, region }, `arn:aws:iam::${account}:root`, { requestedBy, removed }));
      await this.revisions.advance(tx);
    });
  }
}
