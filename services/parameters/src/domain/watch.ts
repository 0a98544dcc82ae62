import { ApiError, type ParameterWatch, type WatchParametersResult } from '@muster/aws-protocol';
import type { Caller } from '@muster/iam';

import { type Scope, parentOf } from './parameter-name.js';

/** Why a watch is over. */
export type WatchEndReason = NonNullable<WatchParametersResult['Reason']>;

/** What a watcher wants. */
export interface WatchWish {
  /** The parameter of this name, and those in the level of this name. */
  readonly path: string;
  /** Those in all levels below too. */
  readonly recursive: boolean;
  readonly includeValues: boolean;
  readonly withDecryption: boolean;
}

/** A watch as it is kept. */
export interface Watch extends WatchWish, Scope {
  readonly id: string;
  readonly caller: Caller;
  readonly principal: string;
  readonly action: string;
  readonly door: 'Bus' | 'ServerSentEvents';
  readonly subject: string;
  readonly sequence: number;
  readonly checkedRevision: bigint;
  readonly createdAt: Date;
  readonly leaseUntil: Date;
  readonly expiresAt: Date | null;
  readonly endedAt: Date | null;
  readonly endReason: WatchEndReason | null;
  readonly endMessage: string | null;
}

/** An end, and a sentence for the watcher. */
export interface WatchEnd {
  readonly reason: WatchEndReason;
  readonly message: string;
}

/** Whether a parameter is one that is watched. */
export function watches({ path: watched, recursive }: Pick<WatchWish, 'path' | 'recursive'>, path: string): boolean {
  if (path === watched) return true;
  if (!recursive) return parentOf(path) === watched;
  return watched === '/' || path.startsWith(`${watched}/`);
}

/** `arn:aws:muster:us-east-1:123456789012:parameter-watch/pw-…` */
export function watchArn({ account, region }: Scope, id: string): string {
  return `arn:aws:muster:${region}:${account}:parameter-watch/${id}`;
}

/** A watch as the API answers it. */
export function watchShape(watch: Watch): ParameterWatch {
  return {
    WatchId: watch.id,
    Arn: watchArn(watch, watch.id),
    Path: watch.path,
    Recursive: watch.recursive,
    IncludeValues: watch.includeValues,
    WithDecryption: watch.withDecryption,
    Principal: watch.principal,
    Over: watch.door,
    Status: watch.endedAt === null ? 'Open' : 'Ended',
    ...(watch.endReason === null ? {} : { EndReason: watch.endReason }),
    Sequence: watch.sequence,
    CreatedAt: watch.createdAt,
    LeaseUntil: watch.leaseUntil,
  };
}

/** There is none, or it has ended: then why. */
export function noSuchWatch(id: string, ended?: Pick<Watch, 'endReason' | 'endMessage'>): ApiError {
  const why = ended?.endReason ? ` It has ended (${ended.endReason}): ${ended.endMessage ?? ''}` : '';
  return new ApiError('ParameterWatchNotFound', `There is no open watch ${id} in this account and region.${why}`);
}
