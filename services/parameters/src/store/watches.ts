import { Database, type Queries, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Scope } from '../domain/parameter-name.js';
import type { Watch, WatchEnd } from '../domain/watch.js';

const COLUMNS = `id, account, region, path, recursive, include_values AS "includeValues",
                 with_decryption AS "withDecryption", caller, principal, action, door, subject, sequence,
                 checked_revision::text AS "checkedRevision", created_at AS "createdAt", lease_until AS "leaseUntil",
                 expires_at AS "expiresAt", ended_at AS "endedAt", end_reason AS "endReason",
                 end_message AS "endMessage"`;

interface Row extends Omit<Watch, 'checkedRevision'> {
  readonly checkedRevision: string;
}

/** What a beat says. */
export interface Beat {
  readonly id: string;
  readonly subject: string;
  /** At the time of the beat before: what was pushed until then has arrived or never will. */
  readonly sequence: number;
}

/** Watches. */
@Injectable()
export class Watches {
  constructor(private readonly database: Database) {}

  async find(scope: Scope, id: string): Promise<Watch | undefined> {
    const rows = await this.database.named<Row>(
      'watch.find',
      `SELECT ${COLUMNS} FROM watch WHERE account = $1 AND region = $2 AND id = $3`,
      [scope.account, scope.region, id],
    );
    return rows.map(asWatch)[0];
  }

  async bySubject(subject: string): Promise<Watch | undefined> {
    const rows = await this.database.named<Row>('watch.by_subject', `SELECT ${COLUMNS} FROM watch WHERE subject = $1`, [
      subject,
    ]);
    return rows.map(asWatch)[0];
  }

  /** By id, behind one. */
  async list(scope: Scope, after: string, most: number): Promise<Watch[]> {
    const rows = await this.database.named<Row>(
      'watch.list',
      `SELECT ${COLUMNS} FROM watch WHERE account = $1 AND region = $2 AND id > $3 ORDER BY id LIMIT $4`,
      [scope.account, scope.region, after, most],
    );
    return rows.map(asWatch);
  }

  /** How many are open; until the end of the transaction nobody in the account opens one. */
  async countAlone(tx: Tx, account: string, principal: string): Promise<{ account: number; principal: number }> {
    await tx.named('watch.alone', `SELECT pg_advisory_xact_lock(hashtextextended('watch ' || $1, 0))`, [account]);
    const [row] = await tx.named<{ account: number; principal: number }>(
      'watch.count',
      `SELECT count(*) AS account, count(*) FILTER (WHERE principal = $2) AS principal
       FROM watch WHERE account = $1 AND ended_at IS NULL`,
      [account, principal],
    );
    return row!;
  }

  async add(tx: Tx, watch: Watch): Promise<void> {
    await tx.named(
      'watch.add',
      `INSERT INTO watch (id, account, region, path, recursive, include_values, with_decryption, caller, principal,
                          action, door, subject, beat_at, checked_revision, created_at, lease_until, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, $13, $14, $15, $16)`,
      [
        watch.id,
        watch.account,
        watch.region,
        watch.path,
        watch.recursive,
        watch.includeValues,
        watch.withDecryption,
        JSON.stringify(watch.caller),
        watch.principal,
        watch.action,
        watch.door,
        watch.subject,
        watch.checkedRevision.toString(),
        watch.createdAt,
        watch.leaseUntil,
        watch.expiresAt,
      ],
    );
  }

  /** @returns it as it is then; undefined when it has ended */
  async renew(queries: Queries, id: string, leaseUntil: Date): Promise<Watch | undefined> {
    const rows = await queries.named<Row>(
      'watch.renew',
      `UPDATE watch SET lease_until = $2 WHERE id = $1 AND ended_at IS NULL RETURNING ${COLUMNS}`,
      [id, leaseUntil],
    );
    return rows.map(asWatch)[0];
  }

  /** Ends watches that are open. @returns those that were */
  async end(tx: Tx, ends: readonly (WatchEnd & { readonly id: string })[], at: Date): Promise<Watch[]> {
    if (ends.length === 0) return [];
    const ids = ends.map((each) => each.id);
    await this.lock(tx, ids);
    const rows = await tx.named<Row>(
      'watch.end',
      `UPDATE watch SET ended_at = $4, end_reason = ending.reason, end_message = ending.message
       FROM unnest($1::text[], $2::text[], $3::text[]) AS ending (id, reason, message)
       WHERE watch.id = ending.id AND watch.ended_at IS NULL
       RETURNING ${COLUMNS.replace(/^id/, 'watch.id')}`,
      [ids, ends.map((each) => each.reason), ends.map((each) => each.message), at],
    );
    return rows.map(asWatch);
  }

  /** Open ones of these accounts and regions. */
  async openIn(queries: Queries, scopes: readonly Scope[]): Promise<Watch[]> {
    const rows = await queries.named<Row>(
      'watch.open_in',
      `SELECT ${COLUMNS} FROM watch
       WHERE (account, region) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND ended_at IS NULL ORDER BY id`,
      [scopes.map((each) => each.account), scopes.map((each) => each.region)],
    );
    return rows.map(asWatch);
  }

  /** Counts what is about to be pushed. @returns the new sequences, of those that are still open */
  async count(tx: Tx, pushes: ReadonlyMap<string, number>): Promise<Map<string, number>> {
    const ids = [...pushes.keys()];
    await this.lock(tx, ids);
    const rows = await tx.named<{ id: string; sequence: number }>(
      'watch.count_pushes',
      `UPDATE watch SET sequence = sequence + pushed.count FROM unnest($1::text[], $2::bigint[]) AS pushed (id, count)
       WHERE watch.id = pushed.id AND watch.ended_at IS NULL RETURNING watch.id, watch.sequence`,
      [ids, [...pushes.values()]],
    );
    return new Map(rows.map((each) => [each.id, Number(each.sequence)]));
  }

  /** Open ones that may be over: their time has come, or identity has moved since they were looked at. */
  async toCheck(now: Date, revision: bigint, most: number): Promise<Watch[]> {
    const rows = await this.database.named<Row>(
      'watch.to_check',
      `SELECT ${COLUMNS} FROM watch
       WHERE ended_at IS NULL AND (lease_until <= $1 OR expires_at <= $1 OR checked_revision <> $2)
       ORDER BY id LIMIT $3`,
      [now, revision.toString(), most],
    );
    return rows.map(asWatch);
  }

  /** Their openers still may, at this revision. */
  async noteChecked(tx: Tx, ids: readonly string[], revision: bigint): Promise<void> {
    if (ids.length === 0) return;
    await this.lock(tx, ids);
    await tx.named('watch.note_checked', `UPDATE watch SET checked_revision = $2 WHERE id = ANY ($1)`, [
      [...ids],
      revision.toString(),
    ]);
  }

  /** A beat for those whose last one is as old as that. */
  async beat(now: Date, before: Date, most: number): Promise<Beat[]> {
    return this.database.named<Beat>(
      'watch.beat',
      `WITH due AS (
         SELECT id, beat_sequence FROM watch WHERE ended_at IS NULL AND beat_at <= $2
         ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
       )
       UPDATE watch SET beat_at = $1, beat_sequence = watch.sequence FROM due WHERE watch.id = due.id
       RETURNING watch.id, watch.subject, due.beat_sequence AS sequence`,
      [now, before, most],
    );
  }

  /** Nobody asks any more why these ended, and what is gone for so long has been pushed. */
  async forget(before: Date): Promise<void> {
    await this.database.named('watch.forget', `DELETE FROM watch WHERE ended_at <= $1`, [before]);
    await this.database.named('watch.forget_gone', `DELETE FROM gone_parameter WHERE gone_at <= $1`, [before]);
  }

  /** In one order, so that two that change the same ones wait for each other instead of dying. */
  private async lock(tx: Tx, ids: readonly string[]): Promise<void> {
    await tx.named('watch.lock', `SELECT id FROM watch WHERE id = ANY ($1) ORDER BY id FOR UPDATE`, [[...ids]]);
  }
}

function asWatch(row: Row): Watch {
  return { ...row, sequence: Number(row.sequence), checkedRevision: BigInt(row.checkedRevision) };
}
