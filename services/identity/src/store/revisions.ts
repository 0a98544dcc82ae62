import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** The number that tells whether a decision made earlier may have become another. */
@Injectable()
export class Revisions {
  constructor(private readonly database: Database) {}

  async current(): Promise<bigint> {
    const [row] = await this.database.named<{ value: string }>('revision_current', 'SELECT value FROM revision');
    return BigInt(row!.value);
  }

  /** Call it in every transaction that changes keys, users or policies. The row's lock keeps revisions in commit order. */
  async advance(tx: Queries): Promise<void> {
    await tx.query('UPDATE revision SET value = value + 1');
  }
}
