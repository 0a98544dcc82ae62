import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { PRINCIPAL_COLUMNS, PRINCIPAL_FROM, type Principal } from './principals.js';

/** Which user is in which group. */
@Injectable()
export class Memberships {
  constructor(private readonly database: Database) {}

  /** In it already is as good. */
  async add(tx: Queries, member: string, group: string): Promise<void> {
    await tx.query('INSERT INTO membership (member, in_group) VALUES ($1, $2) ON CONFLICT DO NOTHING', [member, group]);
  }

  /** @returns whether the user was in it */
  async remove(tx: Queries, member: string, group: string): Promise<boolean> {
    const removed = await tx.query('DELETE FROM membership WHERE member = $1 AND in_group = $2 RETURNING member', [
      member,
      group,
    ]);
    return removed.length === 1;
  }

  async countGroups(tx: Queries, member: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>('SELECT count(*)::int AS count FROM membership WHERE member = $1', [
      member,
    ]);
    return row!.count;
  }

  /** By name. */
  async groupsOf(member: string, after: string, limit: number): Promise<Principal[]> {
    return this.database.query<Principal>(
      `SELECT ${PRINCIPAL_COLUMNS} ${PRINCIPAL_FROM} JOIN membership m ON m.in_group = p.id
        WHERE m.member = $1 AND lower(p.name) > lower($2) ORDER BY lower(p.name) LIMIT $3`,
      [member, after, limit],
    );
  }

  /** By name. */
  async membersOf(group: string, after: string, limit: number): Promise<Principal[]> {
    return this.database.query<Principal>(
      `SELECT ${PRINCIPAL_COLUMNS} ${PRINCIPAL_FROM} JOIN membership m ON m.member = p.id
        WHERE m.in_group = $1 AND lower(p.name) > lower($2) ORDER BY lower(p.name) LIMIT $3`,
      [group, after, limit],
    );
  }
}
