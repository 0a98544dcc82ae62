import { UnitOfWork } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { activationArn, nodeArn } from '../domain/node-arn.js';
import { activationDeleted, nodeTagsChanged } from '../events.js';

const BATCH = 500;

/** What is kept of an account beside its nodes, whatever the region. */
@Injectable()
export class AccountContents {
  constructor(private readonly work: UnitOfWork) {}

  /** Removes some of its activations. */
  async removeActivations(account: string, madeUntil: Date): Promise<number> {
    return this.work.run(async (tx) => {
      const gone = await tx.query<{ id: string; region: string }>(
        `DELETE FROM activation WHERE id IN (
           SELECT id FROM activation WHERE account = $1 AND created_at <= $2 ORDER BY id LIMIT $3 FOR UPDATE
         ) RETURNING id, region`,
        [account, madeUntil, BATCH],
      );
      tx.announce(
        ...gone.map(({ id, region }) => {
          const scope = { account, region };
          return activationDeleted(scope, activationArn(scope, id), { activationId: id });
        }),
      );
      return gone.length;
    });
  }

  /** Takes the tags of some nodes. */
  async untag(account: string): Promise<number> {
    return this.work.run(async (tx) => {
      const bare = await tx.query<{ id: string; region: string }>(
        `UPDATE node SET tags = '{}' WHERE id IN (
           SELECT id FROM node WHERE account = $1 AND tags <> '{}' ORDER BY id LIMIT $2 FOR UPDATE
         ) RETURNING id, region`,
        [account, BATCH],
      );
      tx.announce(
        ...bare.map(({ id, region }) => {
          const scope = { account, region };
          return nodeTagsChanged(scope, nodeArn(scope, id), { nodeId: id, tags: {} });
        }),
      );
      return bare.length;
    });
  }

  /** A batch was full: there may be more. */
  isFull(count: number): boolean {
    return count === BATCH;
  }
}
