import type { EventScope } from '@muster/contracts';
import { Database, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Subscription } from '../domain/subscription-shape.js';

const COLUMNS = `id, account, region, name, event_type AS "eventType", filter, durable, since, created_at AS "createdAt",
                 credential_expires_at AS "credentialExpiresAt"`;

/** A durable that a subscription has. */
export interface KnownDurable {
  readonly durable: string;
  readonly filter: string;
  readonly since: Date | null;
  /** Seen missing for as long as a subscription that is just being deleted is never without it. */
  readonly missing: boolean;
}

/** Subscriptions. */
@Injectable()
export class Subscriptions {
  constructor(private readonly database: Database) {}

  async find(scope: EventScope, name: string): Promise<Subscription | undefined> {
    const [found] = await this.database.named<Subscription>(
      'subscription.find',
      `SELECT ${COLUMNS} FROM subscription WHERE account = $1 AND region = $2 AND name = $3`,
      [scope.account, scope.region, name],
    );
    return found;
  }

  /** By name, behind one. */
  async list(scope: EventScope, after: string, most: number): Promise<Subscription[]> {
    return this.database.named<Subscription>(
      'subscription.list',
      `SELECT ${COLUMNS} FROM subscription WHERE account = $1 AND region = $2 AND name > $3 ORDER BY name LIMIT $4`,
      [scope.account, scope.region, after, most],
    );
  }

  /** Some of an account, in all regions, that were made until then. */
  async ofAccount(account: string, madeUntil: Date, most: number): Promise<Subscription[]> {
    return this.database.query<Subscription>(
      `SELECT ${COLUMNS} FROM subscription WHERE account = $1 AND created_at <= $2 ORDER BY id LIMIT $3`,
      [account, madeUntil, most],
    );
  }

  /** How many the account has, in all regions; until the end of the transaction nobody adds one. */
  async countAlone(tx: Tx, account: string): Promise<number> {
    await tx.named('subscription.alone', `SELECT pg_advisory_xact_lock(hashtextextended('subscription ' || $1, 0))`, [
      account,
    ]);
    const [row] = await tx.named<{ count: number }>(
      'subscription.count',
      `SELECT count(*) AS count FROM subscription WHERE account = $1`,
      [account],
    );
    return row!.count;
  }

  /** @returns false when the name is taken */
  async add(tx: Tx, subscription: Subscription, by: string): Promise<boolean> {
    const { id, account, region, name, eventType, filter, durable, since, createdAt, credentialExpiresAt } =
      subscription;
    const added = await tx.named(
      'subscription.add',
      `INSERT INTO subscription (id, account, region, name, event_type, filter, durable, since, created_at,
                                 created_by, credential_expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (account, region, name) DO NOTHING RETURNING id`,
      [id, account, region, name, eventType, filter, durable, since, createdAt, by, credentialExpiresAt],
    );
    return added.length > 0;
  }

  /** Gives a subscription another durable. @returns false when it has not the one any more that it had */
  async replaceDurable(tx: Tx, had: Subscription, has: Subscription): Promise<boolean> {
    const replaced = await tx.named(
      'subscription.replace_durable',
      `UPDATE subscription SET durable = $3, credential_expires_at = $4, missing_since = NULL
       WHERE id = $1 AND durable = $2 RETURNING id`,
      [had.id, had.durable, has.durable, has.credentialExpiresAt],
    );
    return replaced.length > 0;
  }

  /** @returns what it was; undefined when it is gone already */
  async remove(tx: Tx, id: string): Promise<Subscription | undefined> {
    const [removed] = await tx.named<Subscription>(
      'subscription.remove',
      `DELETE FROM subscription WHERE id = $1 RETURNING ${COLUMNS}`,
      [id],
    );
    return removed;
  }

  /** Notes which durables are missing. @param present those that there are. @returns what changed or is missing still */
  async noteMissing(present: readonly string[]): Promise<KnownDurable[]> {
    return this.database.named<KnownDurable>(
      'subscription.note_missing',
      `UPDATE subscription SET missing_since = CASE
         WHEN durable = ANY ($1) THEN NULL ELSE coalesce(missing_since, clock_timestamp()) END
       WHERE missing_since IS NOT NULL OR durable <> ALL ($1)
       RETURNING durable, filter, since, coalesce(missing_since < clock_timestamp() - interval '1 minute', false) AS missing`,
      [[...present]],
    );
  }

  /** Which of these durables no subscription has. */
  async unknownAmong(durables: readonly string[]): Promise<string[]> {
    const rows = await this.database.named<{ durable: string }>(
      'subscription.unknown_among',
      `SELECT present.durable FROM unnest($1::text[]) AS present (durable)
       WHERE NOT EXISTS (SELECT FROM subscription WHERE subscription.durable = present.durable)`,
      [[...durables]],
    );
    return rows.map((each) => each.durable);
  }
}
