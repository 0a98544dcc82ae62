import type { EventScope } from '@muster/contracts';
import { Database } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { FilteredColumn, NodeCondition } from '../domain/node-filters.js';
import type { Tags } from '../domain/tags.js';

/** A node as lists and targets show it. */
export interface FoundNode {
  readonly id: string;
  readonly activation: string;
  readonly iamRole: string;
  readonly name: string | null;
  readonly tags: Tags;
  readonly registeredAt: Date;
  readonly platformType: string | null;
  readonly platformName: string | null;
  readonly platformVersion: string | null;
  readonly computerName: string | null;
  readonly ipAddress: string | null;
  readonly agentVersion: string | null;
  readonly plugins: string[];
  readonly pingStatus: 'Online' | 'ConnectionLost' | 'Inactive';
  readonly lastSeenAt: Date | null;
}

const PING_STATUS = `CASE WHEN p.connected THEN 'Online' WHEN p.last_seen_at IS NULL THEN 'Inactive' ELSE 'ConnectionLost' END`;

const COLUMNS: Readonly<Record<FilteredColumn, string>> = {
  id: 'n.id',
  agentVersion: 'n.agent_version',
  pingStatus: `(${PING_STATUS})`,
  platformType: 'n.platform_type',
  activation: 'n.activation::text',
  iamRole: 'n.iam_role',
  resourceType: `'ManagedInstance'`,
  // No node has an association yet.
  associationStatus: 'NULL::text',
};

/** Finds nodes of an account and region, in pages by node id. */
@Injectable()
export class NodeSearch {
  constructor(private readonly database: Database) {}

  /** @param after id of the last node of the page before; empty for the first page */
  async page(
    { account, region }: EventScope,
    conditions: readonly NodeCondition[],
    after: string,
    limit: number,
  ): Promise<FoundNode[]> {
    const values: unknown[] = [account, region, after, limit];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const where = conditions.map((condition) => `AND ${sqlOf(condition, bind)}`).join('\n          ');
    return this.database.query<FoundNode>(
      `SELECT n.id, n.activation, n.iam_role AS "iamRole", n.name, n.tags, n.registered_at AS "registeredAt",
              n.platform_type AS "platformType", n.platform_name AS "platformName",
              n.platform_version AS "platformVersion", n.computer_name AS "computerName",
              n.ip_address AS "ipAddress", n.agent_version AS "agentVersion", n.plugins,
              ${PING_STATUS} AS "pingStatus", p.last_seen_at AS "lastSeenAt"
         FROM node n JOIN presence p ON p.node_id = n.id
        WHERE n.account = $1 AND n.region = $2 AND n.id > $3
          ${where}
        ORDER BY n.id LIMIT $4`,
      values,
    );
  }
}

/** Tags are asked in the forms that their GIN index knows. */
function sqlOf(condition: NodeCondition, bind: (value: unknown) => string): string {
  switch (condition.kind) {
    case 'column':
      return `${COLUMNS[condition.column]} = ANY (${bind(condition.values)}::text[])`;
    case 'tag-key':
      return `n.tags ?| ${bind(condition.keys)}::text[]`;
    case 'tag': {
      const one = (value: string) => `n.tags @> ${bind(JSON.stringify({ [condition.key]: value }))}::jsonb`;
      return `(${condition.values.map(one).join(' OR ')})`;
    }
  }
}
