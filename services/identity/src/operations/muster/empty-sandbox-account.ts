import { setTimeout as pause } from 'node:timers/promises';

import { ApiError, type EmptySandboxAccountRequest, type EmptySandboxAccountResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, SweepWaker, type Valid } from '@muster/bus';
import { Clock, UnitOfWork } from '@muster/persistence';

import { type Emptying, Emptyings } from '../../store/emptyings.js';
import { Sandboxes } from '../../store/sandboxes.js';

/** Less than the gateway waits: the answer then says that it is going on. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 25;

interface Loaded extends Acted {
  readonly sandbox: boolean;
}

/** Removes all that is in the caller's account, if it is a sandbox: for tests, which begin with nothing. */
@Operation('muster', 'EmptySandboxAccount')
export class EmptySandboxAccount implements Handles<EmptySandboxAccountRequest, Loaded, EmptySandboxAccountResult> {
  constructor(
    private readonly sandboxes: Sandboxes,
    private readonly emptyings: Emptyings,
    private readonly work: UnitOfWork,
    private readonly waker: SweepWaker,
    private readonly clock: Clock,
  ) {}

  async load(_input: Valid<EmptySandboxAccountRequest>, { account }: Call): Promise<Loaded> {
    return { on: [{ arn: `arn:aws:iam::${account}:root` }], sandbox: (await this.sandboxes.isOne(account)) ?? false };
  }

  async handle(input: Valid<EmptySandboxAccountRequest>, { sandbox }: Loaded, call: Call) {
    const { account, region } = call;
    if (input.AccountId !== undefined && input.AccountId !== account) throw notYours(input.AccountId, account);
    if (!sandbox) throw notASandbox(account);

    const requestedAt = this.clock.now();
    const answer = await this.work.commit(call, async (tx) => {
      await this.emptyings.begin(tx, { account, region, requestedBy: call.caller.arn, requestedAt });
      return { AccountId: account, Status: 'Emptying', RequestedAt: requestedAt } as const;
    });
    this.waker.wake('identity.empty-sandboxes');
    const finished = await this.finished(account, requestedAt, call.signal);
    return finished ? { ...answer, Status: 'Emptied' as const, Removed: { ...finished.removed } } : answer;
  }

  /** It is emptied by whichever replica sweeps: that is seen in the row. */
  private async finished(account: string, since: Date, signal: AbortSignal): Promise<Emptying | undefined> {
    const end = performance.now() + PATIENCE_MS;
    while (performance.now() < end && !signal.aborted) {
      const now = await this.emptyings.find(account);
      if (now?.finishedAt && now.requestedAt >= since) return now;
      await pause(LOOK_EVERY_MS);
    }
    return undefined;
  }
}

function notASandbox(account: string): ApiError {
  return new ApiError(
    'AccountNotSandbox',
    `Account ${account} is not a sandbox, and nothing in it was removed. Only an account that was made as a sandbox can ` +
      'be emptied: start a Muster of its own for tests with "npm start -- --sandbox --home <another folder>".',
  );
}

function notYours(given: string, account: string): ApiError {
  return new ApiError(
    'AccountNotSandbox',
    `Account ${given} is not the caller's, which is ${account}: an account is emptied by its own administrator alone.`,
  );
}
