import { ApiError } from '@muster/aws-protocol';
import { Authority, type Call } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { Clock, Ids, type Tx } from '@muster/persistence';
import { Inject, Injectable } from '@nestjs/common';

import type { ParametersConfig } from './config.js';
import { levelOf } from './domain/path-level.js';
import type { Watch, WatchWish } from './domain/watch.js';
import { Watches } from './store/watches.js';

/** What a request says about what it wants to hear of. */
export interface WatchInput {
  readonly Path: string;
  readonly Recursive?: boolean | undefined;
  readonly IncludeValues?: boolean | undefined;
  readonly WithDecryption?: boolean | undefined;
}

/** @throws ApiError ValidationException */
export function wishOf(input: WatchInput): WatchWish {
  return {
    path: levelOf(input.Path),
    recursive: input.Recursive ?? false,
    includeValues: input.IncludeValues ?? false,
    withDecryption: input.WithDecryption ?? false,
  };
}

/** Opens watches, whoever is to hear them. */
@Injectable()
export class WatchOpening {
  constructor(
    private readonly watches: Watches,
    private readonly authority: Authority,
    private readonly clock: Clock,
    private readonly ids: Ids,
    @Inject(CONFIG) private readonly config: ParametersConfig,
  ) {}

  /** A watch that is not kept yet. @param subjectOf where it is to be pushed, by its id */
  async make(
    call: Call,
    wish: WatchWish,
    how: { door: Watch['door']; leaseMs: number; subjectOf: (id: string) => string },
  ): Promise<Watch> {
    const id = `pw-${Buffer.from(this.ids.random(16)).toString('hex')}`;
    const now = this.clock.now();
    const { caller, account, region, action } = call;
    return {
      ...wish,
      id,
      account,
      region,
      caller,
      principal: caller.arn,
      action,
      door: how.door,
      subject: how.subjectOf(id),
      sequence: 0,
      // It was decided on a revision that is as old as this one, or newer.
      checkedRevision: await this.authority.revision(),
      createdAt: now,
      leaseUntil: new Date(now.getTime() + how.leaseMs),
      expiresAt: caller.expiresAt === undefined ? null : new Date(caller.expiresAt),
      endedAt: null,
      endReason: null,
      endMessage: null,
    };
  }

  /** @throws ApiError ParameterWatchLimitExceeded */
  async keep(tx: Tx, watch: Watch): Promise<void> {
    const { watchesPerAccount, watchesPerPrincipal } = this.config;
    const open = await this.watches.countAlone(tx, watch.account, watch.principal);
    if (open.principal >= watchesPerPrincipal) throw tooMany(watch.principal, watchesPerPrincipal);
    if (open.account >= watchesPerAccount) throw tooMany('This account', watchesPerAccount);
    await this.watches.add(tx, watch);
  }
}

function tooMany(who: string, limit: number): ApiError {
  return new ApiError(
    'ParameterWatchLimitExceeded',
    `${who} has ${limit} watches open, and may not have more: delete one first, or let one end.`,
  );
}
