import type { EventScope } from '@muster/contracts';
import { Database, type Queries } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

import type { Beat, Presence } from '../domain/presence.js';

/** A presence and whose node it is, held until the transaction ends. */
export interface HeldPresence {
  readonly presence: Presence;
  readonly scope: EventScope;
}

/** What is written back. */
export interface PresenceChange {
  readonly presence: Presence;
  /** Measured by a hello. */
  readonly clockSkewMs?: number;
}

/** A node that was silent for too long. */
export interface LostNode extends EventScope {
  readonly nodeId: string;
  readonly lastSeenAt: Date;
}

/** Where a node can be reached. */
export interface NodeRoute {
  readonly nodeId: string;
  readonly keyGeneration: number;
  readonly epoch: string | null;
  readonly blocked: string | null;
}

interface PresenceRow {
  now: Date;
  account: string;
  region: string;
  node_id: string;
  connected: boolean;
  epoch: string | null;
  granted_at: Date | null;
  fingerprint: string | null;
  boot_id: string | null;
  connection_id: string | null;
  last_seen_at: Date | null;
  previous_connection_id: string | null;
  previous_boot_id: string | null;
  rival_fingerprint: string | null;
  rival_first_seen_at: Date | null;
  rival_last_seen_at: Date | null;
  blocked: string | null;
}

/** Who lives: read and written in batches, on the database's clock. Rows are locked in the order of ids. */
@Injectable()
export class Presences {
  constructor(private readonly database: Database) {}

  /** The presences of nodes that are registered. */
  async hold(tx: Queries, nodeIds: readonly string[]): Promise<{ now: Date; held: Map<string, HeldPresence> }> {
    const rows = await tx.named<PresenceRow>(
      'presence_hold',
      `SELECT clock_timestamp() AS now, n.account, n.region, p.*
         FROM presence p JOIN node n ON n.id = p.node_id
        WHERE p.node_id = ANY ($1::text[]) ORDER BY p.node_id FOR UPDATE OF p`,
      [nodeIds],
    );
    const held = rows.map((row): [string, HeldPresence] => [
      row.node_id,
      { presence: presenceOf(row), scope: { account: row.account, region: row.region } },
    ]);
    // The last row's: after the last lock was waited for.
    return { now: rows.at(-1)?.now ?? new Date(0), held: new Map(held) };
  }

  /** Writes presences back; who is connected has `silenceMs` from now on. */
  async save(tx: Queries, changes: readonly PresenceChange[], silenceMs: number): Promise<void> {
    await tx.named(
      'presence_save',
      `UPDATE presence p
          SET connected = c.connected, epoch = c.epoch, granted_at = c."grantedAt", fingerprint = c.fingerprint,
              boot_id = c."bootId", connection_id = c."connectionId", last_seen_at = c."lastSeenAt",
              deadline_at = greatest(p.deadline_at, c."lastSeenAt" + $2 * interval '1 millisecond'),
              clock_skew_ms = coalesce(c."clockSkewMs", p.clock_skew_ms),
              previous_connection_id = c."previousConnectionId", previous_boot_id = c."previousBootId",
              rival_fingerprint = c."rivalFingerprint", rival_first_seen_at = c."rivalFirstSeenAt",
              rival_last_seen_at = c."rivalLastSeenAt", blocked = c.blocked
         FROM jsonb_to_recordset($1::jsonb) AS c (
              "nodeId" text, connected boolean, epoch text, "grantedAt" timestamptz, fingerprint text, "bootId" text,
              "connectionId" text, "lastSeenAt" timestamptz, "clockSkewMs" bigint, "previousConnectionId" text,
              "previousBootId" text, "rivalFingerprint" text, "rivalFirstSeenAt" timestamptz,
              "rivalLastSeenAt" timestamptz, blocked text)
        WHERE p.node_id = c."nodeId"`,
      [JSON.stringify(changes.map(changeRow)), silenceMs],
    );
  }

  /** The short way of most heartbeats: of connected nodes with nothing unusual. @returns the nodes that it was for */
  async prolong(beats: readonly (Beat & { readonly nodeId: string })[], silenceMs: number): Promise<Set<string>> {
    const rows = await this.database.named<{ node_id: string }>(
      'presence_prolong',
      `WITH held AS (
         SELECT p.node_id
           FROM presence p
           JOIN unnest($1::text[], $2::text[], $3::text[]) AS b (node_id, epoch, connection_id)
             ON p.node_id = b.node_id AND p.epoch = b.epoch AND p.connection_id = b.connection_id
          WHERE p.connected AND p.blocked IS NULL AND p.rival_fingerprint IS NULL
          ORDER BY p.node_id FOR UPDATE OF p)
       UPDATE presence p
          SET last_seen_at = clock_timestamp(), deadline_at = clock_timestamp() + $4 * interval '1 millisecond'
         FROM held WHERE p.node_id = held.node_id RETURNING p.node_id`,
      [
        beats.map((beat) => beat.nodeId),
        beats.map((beat) => beat.epoch),
        beats.map((beat) => beat.connectionId),
        silenceMs,
      ],
    );
    return new Set(rows.map((row) => row.node_id));
  }

  /** Takes nodes offline whose deadline is over, as far as somebody listened. */
  async loseSilent(tx: Queries, limit: number): Promise<LostNode[]> {
    return tx.named<LostNode>(
      'presence_lose_silent',
      `WITH silent AS (
         SELECT p.node_id
           FROM presence p, observation o
          WHERE p.connected AND p.deadline_at < o.listened_until
          ORDER BY p.node_id LIMIT $1 FOR UPDATE OF p SKIP LOCKED)
       UPDATE presence p SET connected = false
         FROM silent s JOIN node n ON n.id = s.node_id
        WHERE p.node_id = s.node_id
       RETURNING p.node_id AS "nodeId", n.account, n.region, p.last_seen_at AS "lastSeenAt"`,
      [limit],
    );
  }

  async routes(nodeIds: readonly string[]): Promise<NodeRoute[]> {
    return this.database.named<NodeRoute>(
      'presence_routes',
      `SELECT p.node_id AS "nodeId", n.key_generation AS "keyGeneration", p.blocked,
              CASE WHEN p.connected THEN p.epoch END AS epoch
         FROM presence p JOIN node n ON n.id = p.node_id WHERE p.node_id = ANY ($1::text[])`,
      [nodeIds],
    );
  }
}

function presenceOf(row: PresenceRow): Presence {
  return {
    nodeId: row.node_id,
    connected: row.connected,
    epoch: row.epoch ?? undefined,
    grantedAt: row.granted_at ?? undefined,
    fingerprint: row.fingerprint ?? undefined,
    bootId: row.boot_id ?? undefined,
    connectionId: row.connection_id ?? undefined,
    lastSeenAt: row.last_seen_at ?? undefined,
    previousConnectionId: row.previous_connection_id ?? undefined,
    previousBootId: row.previous_boot_id ?? undefined,
    rival:
      row.rival_fingerprint === null
        ? undefined
        : {
            fingerprint: row.rival_fingerprint,
            firstSeenAt: row.rival_first_seen_at!,
            lastSeenAt: row.rival_last_seen_at!,
          },
    blocked: row.blocked ?? undefined,
  };
}

function changeRow({ presence: { rival, ...presence }, clockSkewMs }: PresenceChange): object {
  return {
    ...presence,
    clockSkewMs,
    rivalFingerprint: rival?.fingerprint,
    rivalFirstSeenAt: rival?.firstSeenAt,
    rivalLastSeenAt: rival?.lastSeenAt,
  };
}
