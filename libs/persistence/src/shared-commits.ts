import type { Announcement } from '@muster/contracts';
import { log } from '@muster/telemetry';
import type pg from 'pg';

import { type Audit, auditEvents } from './audit-trail.js';
import { claimCalls, keepAnswers } from './answered-calls.js';
import type { PublishableEvent } from './cloud-events.js';
import type { GroupMember } from './commit-groups.js';
import { commit, giveUp } from './end-transaction.js';
import type { Outbox } from './outbox.js';
import { connectionOf } from './pooled-database.js';
import { Transaction } from './transaction.js';
import type { Retry, Tx } from './unit-of-work.js';

/** How often a group is tried without those that failed, before each of its members has a transaction of its own. */
const ATTEMPTS = 3;

/** One commit of a group. */
export interface Member extends GroupMember {
  readonly retry: Retry | undefined;
  readonly audit: Audit | undefined;
  work(tx: Tx): Promise<object>;
  resolve(answer: object): void;
  reject(error: unknown): void;
  /** Commits it in a transaction of its own. */
  alone(): void;
}

/** A member in the transaction, when its work has ended. */
interface Done {
  readonly member: Member;
  readonly tx: Transaction;
  readonly answer?: object;
  readonly failure?: { readonly error: unknown };
}

/**
 * Commits several works in one transaction on one connection. They run at the same time, so that each step of all of them is
 * one round trip. What they touch is apart, so none sees what another does. A member that fails by itself is told so, and
 * the others are tried again without it; whatever else goes wrong gives each a transaction of its own.
 */
export class SharedCommits {
  constructor(
    private readonly service: string,
    private readonly pool: pg.Pool,
    private readonly outbox: Outbox,
    private readonly toEvent: (announced: Announcement<unknown>) => PublishableEvent,
  ) {}

  /** Tells every member what came of it; never rejects. */
  async commit(members: readonly Member[]): Promise<void> {
    let left = members;
    for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
      try {
        left = await this.attempt(left);
      } catch (err) {
        log('persistence').debug({ err, members: left.length }, 'a group of commits is taken apart');
        break;
      }
    }
    for (const member of left) member.alone();
  }

  /** @returns who is to be tried again, together @throws when nothing was committed and nobody was told anything */
  private async attempt(members: readonly Member[]): Promise<readonly Member[]> {
    const client = await connectionOf(this.pool);
    try {
      const begun = client.query('BEGIN');
      // The statement behind it hears of it.
      begun.catch(() => undefined);
      const shared = new Transaction(client, this.toEvent);
      const isNew = await claimCalls(
        shared,
        members.map((each) => each.retry),
      );
      const done = await Promise.all(members.filter((_, index) => isNew[index]).map((each) => this.work(client, each)));
      // Postgres takes no more statements in this transaction, and whose fault that is cannot be told.
      if (hasFailed(client)) throw new Error('a statement of the group failed');

      const failed = done.filter(({ failure }) => failure);
      if (failed.length > 0) {
        await client.query('ROLLBACK');
        for (const { member, failure } of failed) member.reject(failure!.error);
        return members.filter((each) => !failed.some(({ member }) => member === each));
      }
      await this.finish(client, shared, done);
      members.filter((_, index) => !isNew[index]).forEach((each) => each.alone());
      return [];
    } catch (error) {
      await giveUp(client, error);
      throw error;
    } finally {
      client.release();
    }
  }

  private async work(client: pg.PoolClient, member: Member): Promise<Done> {
    const tx = new Transaction(client, this.toEvent);
    try {
      return { member, tx, answer: await member.work(tx) };
    } catch (error) {
      return { member, tx, failure: { error } };
    }
  }

  /** Writes what belongs to each and commits. From then on nobody is tried again, whatever comes of it. */
  private async finish(client: pg.PoolClient, shared: Tx, done: readonly Done[]): Promise<void> {
    const audits = done.flatMap(({ member }) => member.audit ?? []);
    const audited = auditEvents(this.service, audits).map(this.toEvent);
    const events = [...done.flatMap(({ tx }) => tx.announced), ...audited];
    const answers = done.flatMap(({ member, answer }) =>
      member.retry ? [{ call: member.retry, answer: answer! }] : [],
    );
    await Promise.all([this.outbox.write(shared, events), keepAnswers(shared, answers)]);
    try {
      await commit(client);
    } catch (error) {
      await giveUp(client, error);
      for (const { member } of done) member.reject(error);
      return;
    }
    if (events.length > 0) this.outbox.announced();
    for (const { member, tx, answer } of done) {
      member.audit?.kept();
      tx.committed();
      member.resolve(answer!);
    }
  }
}

/** What Postgres said with its last answer. */
function hasFailed(client: pg.PoolClient): boolean {
  return (client as unknown as { getTransactionStatus(): string }).getTransactionStatus() === 'E';
}
