import type { Queries, Tx } from '@muster/persistence';
import { Injectable } from '@nestjs/common';

/** A part of what a step wrote. */
export interface Chunk {
  readonly invocationId: string;
  readonly step: string;
  readonly stream: StreamName;
  /** Of its first byte in the stream. */
  readonly position: number;
  readonly data: Uint8Array;
}

export type StreamName = 'stdout' | 'stderr';

/** Whose output a chunk may be. */
export interface OutputOwner {
  readonly id: string;
  readonly nodeId: string;
  readonly stepNames: readonly string[];
}

export interface StreamKey {
  readonly invocationId: string;
  readonly step: string;
  readonly stream: StreamName;
}

/** A stream whose invocation is over, and whose parts wait to become one object. */
export interface EndedStream extends StreamKey {
  readonly commandId: string;
  readonly nodeId: string;
  readonly account: string;
  readonly region: string;
  /** What the node said it kept; null when it reported nothing about this stream. */
  readonly length: number | null;
  readonly sha256: Buffer | null;
  readonly headLength: number | null;
  /** No longer waited for. */
  readonly late: boolean;
}

export type OutputState = 'short' | 'whole' | 'incomplete' | 'damaged';

/** Where to find a stream's bytes. */
export interface OutputPlace {
  readonly state: 'open' | OutputState | null;
  readonly objectKey: string | null;
  readonly head: Buffer | null;
  readonly length: number | null;
}

/** Output on its way: parts in rows, by position, until the object store has the whole. */
@Injectable()
export class Outputs {
  async owners(on: Queries, invocationIds: readonly string[]): Promise<Map<string, OutputOwner>> {
    const rows = await on.named<OutputOwner>(
      'outputs.owners',
      `SELECT i.id, i.node_id AS "nodeId", jsonb_path_query_array(c.steps, '$[*].name') AS "stepNames"
       FROM invocation i JOIN command c ON c.id = i.command_id WHERE i.id = ANY($1::uuid[])`,
      [invocationIds],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * Keeps parts, of each position the longest: a node that heard no acknowledgement sends again from there, and by then there
   * may be more. Streams that are closed, or hold twice what a node may send, take no more.
   */
  async keep(tx: Tx, chunks: readonly Chunk[], limitBytes: number): Promise<void> {
    if (chunks.length === 0) return;
    const streams = [...new Map(chunks.map((chunk) => [keyOf(chunk), chunk])).entries()]
      // One order for everybody who locks several.
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, chunk]) => chunk);
    const keys = [streams.map((s) => s.invocationId), streams.map((s) => s.step), streams.map((s) => s.stream)];
    await tx.named(
      'outputs.open',
      `INSERT INTO output_stream (invocation_id, step, stream)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
      keys,
    );
    const taking = await tx.named<StreamKey>(
      'outputs.lock',
      `SELECT o.invocation_id AS "invocationId", o.step, o.stream FROM output_stream o
       JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS k (invocation_id, step, stream)
         USING (invocation_id, step, stream)
       WHERE o.state = 'open' AND o.kept_bytes < $4
       ORDER BY o.invocation_id, o.step, o.stream FOR UPDATE OF o`,
      [...keys, limitBytes * 2],
    );
    const open = new Set(taking.map(keyOf));
    const kept = longestOfEach(chunks.filter((chunk) => open.has(keyOf(chunk))));
    await tx.named(
      'outputs.keep',
      `WITH kept AS (
         INSERT INTO output_chunk (invocation_id, step, stream, position, data)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bytea[])
         ON CONFLICT (invocation_id, step, stream, position) DO UPDATE SET data = excluded.data
           WHERE octet_length(excluded.data) > octet_length(output_chunk.data)
         RETURNING invocation_id, step, stream, octet_length(data) AS bytes
       ), sums AS (
         SELECT invocation_id, step, stream, sum(bytes) AS bytes FROM kept GROUP BY 1, 2, 3
       )
       UPDATE output_stream o SET kept_bytes = o.kept_bytes + s.bytes, due_at = now() FROM sums s
       WHERE o.invocation_id = s.invocation_id AND o.step = s.step AND o.stream = s.stream`,
      [
        kept.map((chunk) => chunk.invocationId),
        kept.map((chunk) => chunk.step),
        kept.map((chunk) => chunk.stream),
        kept.map((chunk) => chunk.position),
        kept.map((chunk) => Buffer.from(chunk.data)),
      ],
    );
  }

  /** Streams whose invocation is over and that are due. */
  async ended(on: Queries, most: number, gapMs: number): Promise<EndedStream[]> {
    return on.named<EndedStream>(
      'outputs.ended',
      `SELECT o.invocation_id AS "invocationId", o.step, o.stream, i.command_id AS "commandId", i.node_id AS "nodeId",
         i.account, i.region,
         CASE o.stream WHEN 'stdout' THEN s.stdout_length ELSE s.stderr_length END AS length,
         CASE o.stream WHEN 'stdout' THEN s.stdout_sha256 ELSE s.stderr_sha256 END AS sha256,
         octet_length(CASE o.stream WHEN 'stdout' THEN s.stdout_head ELSE s.stderr_head END) AS "headLength",
         i.final_at < now() - $2 * interval '1 millisecond' AS late
       FROM output_stream o JOIN invocation i ON i.id = o.invocation_id
       LEFT JOIN step s ON s.invocation_id = o.invocation_id AND s.name = o.step
       WHERE o.state = 'open' AND o.due_at <= now() AND i.final_at IS NOT NULL
       ORDER BY o.due_at LIMIT $1`,
      [most, gapMs],
    );
  }

  /** How far the parts reach from the start without a gap. */
  async reach(on: Queries, key: StreamKey): Promise<number> {
    const [row] = await on.named<{ reach: number | null }>(
      'outputs.reach',
      // "before" is how far all parts with a smaller position reach; the first part that begins behind that is a gap's end.
      `WITH part AS (
         SELECT position, position + octet_length(data) AS ends,
           coalesce(max(position + octet_length(data)) OVER (ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
         FROM output_chunk WHERE invocation_id = $1 AND step = $2 AND stream = $3
       ), gap AS (SELECT min(position) AS at FROM part WHERE position > before)
       SELECT max(ends)::bigint AS reach FROM part, gap WHERE gap.at IS NULL OR part.position < gap.at`,
      [key.invocationId, key.step, key.stream],
    );
    return row?.reach ?? 0;
  }

  /** The bytes from the start up to `end`, a few parts in memory at a time. */
  async *read(on: Queries, key: StreamKey, end: number): AsyncGenerator<Uint8Array> {
    let reached = 0;
    let after = -1;
    while (reached < end) {
      const parts = await on.named<{ position: number; data: Buffer }>(
        'outputs.read',
        `SELECT position, data FROM output_chunk
         WHERE invocation_id = $1 AND step = $2 AND stream = $3 AND position > $4 ORDER BY position LIMIT 16`,
        [key.invocationId, key.step, key.stream, after],
      );
      if (parts.length === 0) return;
      for (const { position, data } of parts) {
        after = position;
        const from = reached - position;
        if (from < 0) return;
        const part = data.subarray(from, Math.min(data.length, end - position));
        if (part.length === 0) continue;
        reached += part.length;
        yield part;
      }
    }
  }

  /** Closes a stream: its parts are in the object store, or not needed. */
  async close(tx: Tx, key: StreamKey, state: OutputState, object?: { readonly key: string; readonly length: number }) {
    await tx.named(
      'outputs.close',
      `UPDATE output_stream SET state = $4, object_key = $5, object_length = $6, due_at = NULL
       WHERE invocation_id = $1 AND step = $2 AND stream = $3`,
      [key.invocationId, key.step, key.stream, state, object?.key ?? null, object?.length ?? null],
    );
    await tx.named(
      'outputs.drop_parts',
      `DELETE FROM output_chunk WHERE invocation_id = $1 AND step = $2 AND stream = $3`,
      [key.invocationId, key.step, key.stream],
    );
  }

  /** Looks at the stream again later. */
  async postpone(on: Queries, key: StreamKey, ms: number): Promise<void> {
    await on.named(
      'outputs.postpone',
      `UPDATE output_stream SET due_at = now() + $4 * interval '1 millisecond'
       WHERE invocation_id = $1 AND step = $2 AND stream = $3 AND state = 'open'`,
      [key.invocationId, key.step, key.stream, ms],
    );
  }

  /** Where a stream's bytes are now. */
  async placeOf(on: Queries, key: StreamKey): Promise<OutputPlace> {
    const [row] = await on.named<OutputPlace>(
      'outputs.place',
      `SELECT o.state, o.object_key AS "objectKey",
         CASE $3 WHEN 'stdout' THEN s.stdout_head ELSE s.stderr_head END AS head,
         CASE $3 WHEN 'stdout' THEN s.stdout_length ELSE s.stderr_length END AS length
       FROM (SELECT 1) AS one
       LEFT JOIN output_stream o ON o.invocation_id = $1 AND o.step = $2 AND o.stream = $3
       LEFT JOIN step s ON s.invocation_id = $1 AND s.name = $2`,
      [key.invocationId, key.step, key.stream],
    );
    return row!;
  }
}

/** One part of each position: a statement may write a row only once. */
function longestOfEach(chunks: readonly Chunk[]): readonly Chunk[] {
  const longest = new Map<string, Chunk>();
  for (const chunk of chunks) {
    const place = `${chunk.position} ${keyOf(chunk)}`;
    if (chunk.data.length > (longest.get(place)?.data.length ?? 0)) longest.set(place, chunk);
  }
  return [...longest.values()];
}

function keyOf(key: StreamKey): string {
  return `${key.invocationId} ${key.stream} ${key.step}`;
}
