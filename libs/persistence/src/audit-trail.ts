import { type Announcement, type AuditRecord, type EventScope, auditedBy } from '@muster/contracts';

import type { PublishableEvent } from './cloud-events.js';
import type { Outbox } from './outbox.js';
import { refuseWhenMany } from './pooled-database.js';
import type { Queries } from './unit-of-work.js';

/** Most records in one event: well below what a message may carry. */
const MOST_RECORDS = 200;

/** A record and whose it is. */
export interface AuditEntry {
  readonly scope: EventScope;
  readonly record: AuditRecord;
}

/** What is written down about one call. */
export interface Audit {
  /** Its records, one for each account that it concerns; none when they are kept already. */
  entries(): readonly AuditEntry[];
  /** They have been committed. */
  kept(): void;
}

/** Records as events: one for each account and region. */
export function auditEvents(service: string, audits: readonly Audit[]): Announcement<unknown>[] {
  const groups = new Map<string, { scope: EventScope; records: AuditRecord[] }>();
  for (const { scope, record } of audits.flatMap((each) => each.entries())) {
    const name = `${scope.account} ${scope.region}`;
    const group = groups.get(name);
    if (group) group.records.push(record);
    else groups.set(name, { scope, records: [record] });
  }
  return [...groups.values()].flatMap(({ scope, records }) => {
    const events: Announcement<unknown>[] = [];
    for (let from = 0; from < records.length; from += MOST_RECORDS) {
      const data = { Records: records.slice(from, from + MOST_RECORDS) };
      events.push(auditedBy(service)(scope, `arn:aws:iam::${scope.account}:root`, data));
    }
    return events;
  });
}

interface Waiting {
  readonly audit: Audit;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Keeps the records of calls that have no transaction of their own: denials, and what was decrypted. What comes while
 * others are being committed is committed together, by one statement.
 */
export class AuditTrail {
  private readonly waiting: Waiting[] = [];
  private running = false;

  constructor(
    private readonly service: string,
    private readonly database: Queries,
    private readonly outbox: Outbox,
    private readonly toEvent: (announced: Announcement<unknown>) => PublishableEvent,
  ) {}

  /** Resolves when the records are committed. @throws DatabaseAway when they cannot be, or when that is not certain */
  async keep(audit: Audit): Promise<void> {
    refuseWhenMany(this.waiting.length, 'audit records');
    return new Promise((resolve, reject) => {
      this.waiting.push({ audit, resolve, reject });
      if (this.running) return;
      this.running = true;
      // What comes in the same turn of the event loop is of the first group already.
      setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0, MOST_RECORDS));
    this.running = false;
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    try {
      const events = auditEvents(
        this.service,
        group.map((each) => each.audit),
      ).map(this.toEvent);
      await this.outbox.write(this.database, events);
      this.outbox.announced();
    } catch (error) {
      for (const each of group) each.reject(error);
      return;
    }
    for (const each of group) {
      each.audit.kept();
      each.resolve();
    }
  }
}
