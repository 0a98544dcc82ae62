import { serviceModel } from '@muster/aws-protocol';
import { CallAudit } from '@muster/bus';
import { Clock, Ids, type Tx, auditEvents } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Injectable } from '@nestjs/common';

import type { Watch } from './domain/watch.js';
import type { WatchedChange } from './domain/watched-change.js';
import { ParameterCipher } from './parameter-cipher.js';
import { WatchGuard } from './watch-guard.js';

/** Values as watches get them. */
export interface WatchValues {
  /** Undefined: there is none, it is not wanted, or the watcher may not have it. */
  of(watch: Watch, change: WatchedChange): string | undefined;
}

/** Opens SecureStrings for those who asked for their values, after a decision for each, and writes down that it did. */
@Injectable()
export class WatchSecrets {
  private readonly model = serviceModel('muster').operations.get('WatchParameters')!;

  constructor(
    private readonly cipher: ParameterCipher,
    private readonly guard: WatchGuard,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async opened(tx: Tx, wanted: ReadonlyMap<Watch, readonly WatchedChange[]>): Promise<WatchValues> {
    const secrets = new Map<Watch, Map<WatchedChange, string>>();
    const audits: CallAudit[] = [];
    for (const [watch, changes] of wanted) {
      if (!watch.includeValues || !watch.withDecryption) continue;
      const audit = new CallAudit(this.model, watch.caller, watch.id, { clock: this.clock, ids: this.ids });
      const opened = new Map<WatchedChange, string>();
      for (const change of changes) {
        const value = await this.open(watch, change, audit);
        if (value !== undefined) opened.set(change, value);
      }
      if (audit.mustBeKept) audits.push(audit);
      secrets.set(watch, opened);
    }
    if (audits.length > 0) tx.announce(...auditEvents('parameters', audits));
    return {
      of: (watch, change) => {
        const { now } = change.state;
        if (!watch.includeValues || !now || change.event.data.operation === 'Delete') return undefined;
        return now.type === 'SecureString' ? secrets.get(watch)?.get(change) : now.value;
      },
    };
  }

  private async open(watch: Watch, change: WatchedChange, audit: CallAudit): Promise<string | undefined> {
    const { account, region, path, event, state } = change;
    if (state.now?.type !== 'SecureString' || event.data.operation === 'Delete') return undefined;
    const kept = { owner: { account, region }, path, version: state.now };
    const values = await this.cipher.values(watch, true, [kept]);
    const decision = await this.guard.decide(watch, 'kms:Decrypt', values.on);
    if (!decision.allowed) return undefined;
    audit.decided(decision, 'kms:Decrypt', values.on);
    try {
      return values.of(state.now);
    } catch (error) {
      // Its key is disabled or gone: the change is told, the value cannot be.
      log('parameters.watches').warn({ err: error, arn: event.subject }, 'a secret cannot be opened for its watcher');
      return undefined;
    }
  }
}
