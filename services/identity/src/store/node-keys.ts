import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** For which public key a node's credential is issued. */
export interface NodeKey {
  readonly nodeId: string;
  readonly account: string;
  readonly region: string;
  readonly publicKey: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** What identity remembers of nodes: which key may renew. */
@Injectable()
export class NodeKeys {
  constructor(private readonly database: Database) {}

  async remember(key: NodeKey): Promise<void> {
    await this.database.named(
      'node_key_remember',
      `INSERT INTO node_key (node_id, account, region, public_key, issued_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (node_id) DO UPDATE SET public_key = excluded.public_key,
              issued_at = excluded.issued_at, expires_at = excluded.expires_at`,
      [key.nodeId, key.account, key.region, key.publicKey, key.issuedAt, key.expiresAt],
    );
  }

  /** Notes the new life of those that still have this key. @returns these nodes and their keys, and no others */
  async renew(
    keys: readonly { nodeId: string; publicKey: string }[],
    issuedAt: Date,
    expiresAt: Date,
  ): Promise<Pick<NodeKey, 'nodeId' | 'publicKey'>[]> {
    return this.database.named<Pick<NodeKey, 'nodeId' | 'publicKey'>>(
      'node_key_renew',
      `UPDATE node_key k SET issued_at = $3, expires_at = $4
         FROM unnest($1::text[], $2::text[]) AS asked (node_id, public_key)
        WHERE k.node_id = asked.node_id AND k.public_key = asked.public_key
        RETURNING k.node_id AS "nodeId", k.public_key AS "publicKey"`,
      [keys.map((key) => key.nodeId), keys.map((key) => key.publicKey), issuedAt, expiresAt],
    );
  }

  async forget(tx: Queries, nodeIds: readonly string[]): Promise<void> {
    await tx.query('DELETE FROM node_key WHERE node_id = ANY ($1::text[])', [nodeIds]);
  }
}
