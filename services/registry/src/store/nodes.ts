import type { Acted } from '@muster/bus';
import type { EventScope } from '@muster/contracts';
import { Database, type Queries, type Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import { nodeArn } from '../domain/node-arn.js';
import type { NodeFacts } from '../domain/node-facts.js';
import type { Tags } from '../domain/tags.js';
import type { HeldActivation } from './activations.js';

/** The node that a call is about; `tags` is absent when there is none of this id. */
export interface NamedNode extends Acted {
  readonly nodeId: string;
  readonly tags?: Tags;
}

/** A node as its key names it. */
export interface RegisteredNode {
  readonly id: string;
  readonly activation: string;
  readonly keyGeneration: number;
}

/** Managed nodes. */
@Injectable()
export class Nodes {
  constructor(private readonly database: Database) {}

  /** What a call acts on: the node's ARN and tags. */
  async named(scope: EventScope, nodeId: string): Promise<NamedNode> {
    const [row] = await this.database.named<{ tags: Tags }>(
      'node_named',
      'SELECT tags FROM node WHERE id = $1 AND account = $2 AND region = $3',
      [nodeId, scope.account, scope.region],
    );
    return { on: [{ arn: nodeArn(scope, nodeId), ...row }], nodeId, ...row };
  }

  async ofKey(tx: Queries, publicKey: string): Promise<RegisteredNode | undefined> {
    const [row] = await tx.named<RegisteredNode>(
      'node_of_key',
      'SELECT id, activation, key_generation AS "keyGeneration" FROM node WHERE public_key = $1',
      [publicKey],
    );
    return row;
  }

  /** Adds a node with what its activation says, tags included. @returns false when another node has that key */
  async add(
    tx: Queries,
    nodeId: string,
    activation: HeldActivation,
    publicKey: string,
    facts: Omit<NodeFacts, 'architecture' | 'plugins'>,
  ): Promise<boolean> {
    const added = await tx.named(
      'node_add',
      `WITH added AS (
         INSERT INTO node (id, account, region, activation, public_key, iam_role, name, tags,
                           platform_type, platform_name, platform_version, computer_name, ip_address, agent_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (public_key) DO NOTHING RETURNING id)
       INSERT INTO presence (node_id) SELECT id FROM added RETURNING node_id`,
      [
        nodeId,
        activation.account,
        activation.region,
        activation.id,
        publicKey,
        activation.iamRole,
        activation.defaultInstanceName,
        JSON.stringify(activation.tags),
        facts.platformType,
        facts.platformName,
        facts.platformVersion,
        facts.computerName,
        facts.ipAddress,
        facts.agentVersion,
      ],
    );
    return added.length === 1;
  }

  /** The node's tags, held until the transaction ends; undefined when it is gone. */
  async lockTags(tx: Tx, { account, region }: EventScope, nodeId: string): Promise<Tags | undefined> {
    const [row] = await tx.query<{ tags: Tags }>(
      'SELECT tags FROM node WHERE id = $1 AND account = $2 AND region = $3 FOR UPDATE',
      [nodeId, account, region],
    );
    return row?.tags;
  }

  async setTags(tx: Tx, nodeId: string, tags: Tags): Promise<void> {
    await tx.query('UPDATE node SET tags = $2 WHERE id = $1', [nodeId, JSON.stringify(tags)]);
  }

  /** @returns whether there is such a node */
  async setRole(tx: Tx, { account, region }: EventScope, nodeId: string, iamRole: string): Promise<boolean> {
    const rows = await tx.query(
      'UPDATE node SET iam_role = $4 WHERE id = $1 AND account = $2 AND region = $3 RETURNING id',
      [nodeId, account, region, iamRole],
    );
    return rows.length === 1;
  }

  /** Removes a node and its presence. @returns what it was, undefined when there was none */
  async remove(
    tx: Tx,
    { account, region }: EventScope,
    nodeId: string,
  ): Promise<{ computerName: string | null } | undefined> {
    const [row] = await tx.query<{ computerName: string | null }>(
      `DELETE FROM node WHERE id = $1 AND account = $2 AND region = $3 RETURNING computer_name AS "computerName"`,
      [nodeId, account, region],
    );
    return row;
  }

  /** Writes what nodes say about themselves, where it is new: an unchanged row is not written. */
  async note(tx: Queries, facts: readonly (NodeFacts & { readonly nodeId: string })[]): Promise<void> {
    await tx.named(
      'node_note',
      `UPDATE node n
          SET platform_type = f."platformType", platform_name = f."platformName",
              platform_version = f."platformVersion", computer_name = f."computerName", ip_address = f."ipAddress",
              agent_version = f."agentVersion", architecture = f.architecture, plugins = f.plugins
         FROM (SELECT h.*, array(SELECT jsonb_array_elements_text(h.list)) AS plugins
                 FROM jsonb_to_recordset($1::jsonb) AS h (
                      "nodeId" text, "platformType" text, "platformName" text, "platformVersion" text,
                      "computerName" text, "ipAddress" text, "agentVersion" text, architecture text, list jsonb)) f
        WHERE n.id = f."nodeId"
          AND (n.platform_type, n.platform_name, n.platform_version, n.computer_name, n.ip_address, n.agent_version,
               n.architecture, n.plugins)
              IS DISTINCT FROM
              (f."platformType", f."platformName", f."platformVersion", f."computerName", f."ipAddress",
               f."agentVersion", f.architecture, f.plugins)`,
      [JSON.stringify(facts.map(({ plugins, ...rest }) => ({ ...rest, list: plugins })))],
    );
  }
}
