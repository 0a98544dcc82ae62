import { ApiError, type RenewParameterWatchRequest, type RenewParameterWatchResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { type Watch, noSuchWatch, watchArn, watchShape } from '../domain/watch.js';
import { Watches } from '../store/watches.js';
import { WatchCredentials } from '../watch-credentials.js';

interface Loaded extends Acted {
  readonly found: Watch | undefined;
}

@Operation('muster', 'RenewParameterWatch')
export class RenewParameterWatch implements Handles<RenewParameterWatchRequest, Loaded, RenewParameterWatchResult> {
  constructor(
    private readonly watches: Watches,
    private readonly credentials: WatchCredentials,
    private readonly work: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  async load(input: Valid<RenewParameterWatchRequest>, call: Call): Promise<Loaded> {
    const found = await this.watches.find(call, input.WatchId);
    return { on: [{ arn: watchArn(call, input.WatchId) }], found };
  }

  async handle(input: Valid<RenewParameterWatchRequest>, { found }: Loaded, call: Call) {
    if (!found || found.endedAt || found.door !== 'Bus') throw noSuchWatch(input.WatchId, found);
    // What is pushed is what its opener may read: nobody else gets a credential for it.
    if (!isOpener(found, call)) {
      throw new ApiError(
        'AccessDeniedException',
        `The watch ${found.id} was opened by ${found.principal}: only that principal can renew it, and a session only its own.`,
      );
    }
    const credential = await this.credentials.issue(found);
    return this.work.commit(call, async (tx): Promise<RenewParameterWatchResult> => {
      const leaseUntil = new Date(this.clock.now().getTime() + this.config.watchLeaseMinutes * 60_000);
      const renewed = await this.watches.renew(tx, found.id, leaseUntil);
      if (!renewed) throw noSuchWatch(found.id);
      const { Credential, CredentialExpiresAt } = credential;
      return { Watch: watchShape(renewed), Credential, CredentialExpiresAt };
    });
  }
}

/** Sessions of a role may share a name, and so an ARN, and still be allowed different things. */
function isOpener({ principal, caller }: Watch, { caller: who }: Call): boolean {
  const isSession = caller.expiresAt !== undefined || who.expiresAt !== undefined;
  return principal === who.arn && (!isSession || caller.accessKeyId === who.accessKeyId);
}
