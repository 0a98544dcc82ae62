import type { Announcement } from '@muster/contracts';
import { SpanKind, log, withSpan } from '@muster/telemetry';
import type pg from 'pg';
import type { EntityManager } from 'typeorm';

import type { PublishableEvent } from './cloud-events.js';
import { driverFailure } from './database-away.js';
import type { Tx } from './unit-of-work.js';

/** A transaction on a connection, or the part that one commit has in it. */
export class Transaction implements Tx {
  readonly announced: PublishableEvent[] = [];
  private readonly after: (() => void | Promise<void>)[] = [];

  constructor(
    private readonly client: pg.PoolClient,
    private readonly toEvent: (announced: Announcement<unknown>) => PublishableEvent,
    private readonly entities?: EntityManager,
  ) {}

  get manager(): EntityManager {
    if (!this.entities) throw new TypeError('a commit that shares its transaction uses SQL, not TypeORM');
    return this.entities;
  }

  async query<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.ask<R>({ text: sql, values: [...values] });
  }

  async named<R extends object>(name: string, sql: string, values: readonly unknown[] = []): Promise<R[]> {
    return withSpan(`sql.${name}`, { kind: SpanKind.CLIENT }, () =>
      this.ask<R>({ name, text: sql, values: [...values] }),
    );
  }

  announce(...events: readonly Announcement<unknown>[]): void {
    this.announced.push(...events.map(this.toEvent));
  }

  afterCommit(work: () => void | Promise<void>): void {
    this.after.push(work);
  }

  /** Starts what was asked for after the commit; nobody waits for it. */
  committed(): void {
    for (const each of this.after) {
      void (async () => each())().catch((error: unknown) => log('persistence').warn({ err: error }, 'after commit'));
    }
  }

  private async ask<R extends object>(statement: pg.QueryConfig): Promise<R[]> {
    try {
      return (await this.client.query<R>(statement)).rows;
    } catch (error) {
      throw driverFailure(error);
    }
  }
}
