import type { CreateParameterWatchRequest, CreateParameterWatchResult } from '@muster/aws-protocol';
import { type Acted, type Call, type Handles, Operation, type Valid } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { subjects } from '@muster/contracts';
import { UnitOfWork } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { ParametersConfig } from '../config.js';
import { parameterArn } from '../domain/parameter-name.js';
import { type WatchWish, watchShape } from '../domain/watch.js';
import { WatchCredentials } from '../watch-credentials.js';
import { WatchOpening, wishOf } from '../watch-opening.js';

interface Wish extends Acted {
  readonly wish: WatchWish;
}

@Operation('muster', 'CreateParameterWatch')
export class CreateParameterWatch implements Handles<CreateParameterWatchRequest, Wish, CreateParameterWatchResult> {
  constructor(
    private readonly opening: WatchOpening,
    private readonly credentials: WatchCredentials,
    private readonly work: UnitOfWork,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  // To ask for changes is allowed by path; each change is decided by itself when it happens.
  load(input: Valid<CreateParameterWatchRequest>, call: Call): Wish {
    const wish = wishOf(input);
    return { on: [{ arn: parameterArn(call, wish.path) }], wish };
  }

  async handle(_input: Valid<CreateParameterWatchRequest>, { wish }: Wish, call: Call) {
    const watch = await this.opening.make(call, wish, {
      door: 'Bus',
      leaseMs: this.config.watchLeaseMinutes * 60_000,
      subjectOf: (id) => subjects.watch(call.account, id),
    });
    const credential = await this.credentials.issue(watch);
    return this.work.commit(call, async (tx): Promise<CreateParameterWatchResult> => {
      await this.opening.keep(tx, watch);
      return { Watch: watchShape(watch), Subject: watch.subject, ...credential };
    });
  }
}
