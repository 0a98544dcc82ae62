import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { ApiError } from '@muster/aws-protocol';
import type { Valid } from '@muster/bus';
import { Database, Ids, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Scope } from '../domain/parameter-name.js';

/** A version with an image that was asked for and is not yet. */
export interface PendingImage {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly path: string;
  readonly name: string;
  readonly input: Valid<PutParameterRequest>;
  readonly author: string;
  readonly maySee: boolean;
  /** How often it was tried in vain to find out whether the image is there. */
  readonly tries: number;
}

/** What waits of one account in one region, at most. */
const MOST_WAITING = 1_000;

const COLUMNS = `i.id, i.account, i.region, i.path, i.name, i.input, i.author, i.may_see AS "maySee", i.tries`;

/** What waits until it is known whether images are there. */
@Injectable()
export class PendingImages {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /** @throws ApiError TooManyUpdates when too much waits already */
  async add(
    tx: Tx,
    scope: Scope,
    what: Omit<PendingImage, 'id' | 'account' | 'region' | 'tries'>,
    at: Date,
  ): Promise<void> {
    const [waiting] = await tx.named<{ count: number }>(
      'image.waiting',
      `SELECT count(*)::int AS count FROM (
         SELECT FROM pending_image WHERE account = $1 AND region = $2 LIMIT ${MOST_WAITING}) waiting`,
      [scope.account, scope.region],
    );
    if (waiting!.count === MOST_WAITING) {
      throw new ApiError('TooManyUpdates', `${MOST_WAITING} images are being looked for already: try again later.`);
    }
    await tx.named(
      'image.add',
      `INSERT INTO pending_image (id, account, region, path, name, input, author, may_see, next_try_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        this.ids.uuid(),
        scope.account,
        scope.region,
        what.path,
        what.name,
        JSON.stringify(what.input),
        what.author,
        what.maySee,
        at,
      ],
    );
  }

  /** What is to be looked for now: of one parameter only what was asked for first. */
  due(now: Date, most: number): Promise<PendingImage[]> {
    return this.database.named<PendingImage>(
      'image.due',
      `SELECT ${COLUMNS} FROM pending_image i
       WHERE i.next_try_at <= $1 AND NOT EXISTS (
         SELECT FROM pending_image first
         WHERE first.account = i.account AND first.region = i.region AND first.path = i.path AND first.id < i.id)
       ORDER BY i.next_try_at LIMIT $2`,
      [now, most],
    );
  }

  /** Tries again later. */
  async postpone(id: string, until: Date): Promise<void> {
    await this.database.named(
      'image.postpone',
      `UPDATE pending_image SET tries = tries + 1, next_try_at = $2 WHERE id = $1`,
      [id, until],
    );
  }

  /** It waits no longer. @returns false when somebody else has already settled it */
  async settle(tx: Tx, id: string): Promise<boolean> {
    const gone = await tx.named('image.settle', `DELETE FROM pending_image WHERE id = $1 RETURNING id`, [id]);
    return gone.length > 0;
  }
}
