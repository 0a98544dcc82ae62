import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** A policy that belongs to one user, group or role alone. */
export interface InlinePolicy {
  readonly name: string;
  readonly document: string;
}

/** Inline policies. */
@Injectable()
export class InlinePolicies {
  constructor(private readonly database: Database) {}

  async put(tx: Queries, principal: string, { name, document }: InlinePolicy): Promise<void> {
    await tx.query(
      `INSERT INTO inline_policy (principal, name, document) VALUES ($1, $2, $3)
       ON CONFLICT (principal, name) DO UPDATE SET document = excluded.document`,
      [principal, name, document],
    );
  }

  /** @returns whether there was one */
  async remove(tx: Queries, principal: string, name: string): Promise<boolean> {
    const removed = await tx.query('DELETE FROM inline_policy WHERE principal = $1 AND name = $2 RETURNING name', [
      principal,
      name,
    ]);
    return removed.length === 1;
  }

  /** All of them, by name. */
  async all(queries: Queries, principal: string): Promise<InlinePolicy[]> {
    return queries.query<InlinePolicy>('SELECT name, document FROM inline_policy WHERE principal = $1 ORDER BY name', [
      principal,
    ]);
  }

  async find(principal: string, name: string): Promise<InlinePolicy | undefined> {
    const [found] = await this.database.query<InlinePolicy>(
      'SELECT name, document FROM inline_policy WHERE principal = $1 AND name = $2',
      [principal, name],
    );
    return found;
  }

  /** By name, in pages. */
  async list(principal: string, after: string, limit: number): Promise<{ readonly name: string }[]> {
    return this.database.query<{ name: string }>(
      'SELECT name FROM inline_policy WHERE principal = $1 AND name > $2 ORDER BY name LIMIT $3',
      [principal, after, limit],
    );
  }
}
