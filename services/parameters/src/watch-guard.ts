import { ApiError } from '@muster/aws-protocol';
import { Authority, Bus } from '@muster/bus';
import { Identity } from '@muster/contracts';
import type { Decision, Resource } from '@muster/iam';
import { log } from '@muster/telemetry';
import { Injectable } from '@nestjs/common';

import { parameterArn } from './domain/parameter-name.js';
import type { Watch, WatchEnd } from './domain/watch.js';

/** Keys that identity is asked about at once. */
const MOST_KEYS = 1_000;

/** Whether a watch may go on: what was right when it was opened must be right still. */
@Injectable()
export class WatchGuard {
  constructor(
    private readonly authority: Authority,
    private readonly bus: Bus,
  ) {}

  /**
   * Which of these are over, and why.
   * @throws ApiError ServiceUnavailable when identity cannot be asked: then nothing is known
   */
  async ends(watches: readonly Watch[], now: Date): Promise<Map<string, WatchEnd>> {
    const ends = new Map<string, WatchEnd>();
    const active = await this.activeKeys(watches);
    for (const watch of watches) {
      const end = this.endByTime(watch, now) ?? this.endByKey(watch, active) ?? (await this.endByPolicy(watch));
      if (end) ends.set(watch.id, end);
    }
    return ends;
  }

  /**
   * Why the opener of a watch may not do something now; undefined when he may. One of whom nothing sound is known may nothing, and
   * keeps nobody else waiting.
   * @throws ApiError ServiceUnavailable when identity cannot be asked
   */
  async refusal(watch: Watch, action: string, on: readonly Resource[]): Promise<string | undefined> {
    const decision = await this.decide(watch, action, on);
    return decision.allowed ? undefined : decision.message;
  }

  /** The same, with what it rests on. */
  async decide({ caller }: Watch, action: string, on: readonly Resource[]): Promise<Decision> {
    try {
      return await this.authority.decide(caller, action, on);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      log('parameters.watches').error({ err: error, principal: caller.arn }, 'policies of a watcher cannot be read');
      const message = 'The policies of the principal that opened this watch cannot be read.';
      return { allowed: false, explicit: false, action, resource: on[0]?.arn ?? '*', message };
    }
  }

  private endByTime({ expiresAt, leaseUntil }: Watch, now: Date): WatchEnd | undefined {
    if (expiresAt && expiresAt <= now) {
      return { reason: 'SessionExpired', message: 'The session that opened this watch has expired.' };
    }
    if (leaseUntil <= now) {
      return { reason: 'LeaseExpired', message: 'The watch was not renewed in time (RenewParameterWatch).' };
    }
    return undefined;
  }

  private endByKey({ caller }: Watch, active: ReadonlySet<string>): WatchEnd | undefined {
    const key = longTermKey(caller);
    if (key === undefined || active.has(key)) return undefined;
    return { reason: 'AccessKeyInactive', message: 'The access key that opened this watch is not active any more.' };
  }

  private async endByPolicy(watch: Watch): Promise<WatchEnd | undefined> {
    const arn = parameterArn(watch, watch.path);
    const refusal = await this.refusal(watch, watch.action, [{ arn }]);
    return refusal === undefined ? undefined : { reason: 'AccessDenied', message: refusal };
  }

  private async activeKeys(watches: readonly Watch[]): Promise<Set<string>> {
    const keys = [...new Set(watches.flatMap(({ caller }) => longTermKey(caller) ?? []))];
    const active = new Set<string>();
    for (let from = 0; from < keys.length; from += MOST_KEYS) {
      const accessKeyIds = keys.slice(from, from + MOST_KEYS);
      const answer = await this.bus.rpc(Identity.method.activeKeys, { accessKeyIds }, { deadlineMs: 2_000 });
      for (const each of answer.active) active.add(each);
    }
    return active;
  }
}

/** Of temporary credentials the policies say whether the session is there: an ended one has none. */
function longTermKey(caller: Watch['caller']): string | undefined {
  return caller.expiresAt === undefined ? caller.accessKeyId : undefined;
}
