import { createHash } from 'node:crypto';

import { log } from '@muster/telemetry';
import pg from 'pg';

import { DatabaseAway } from './database-away.js';

/** What `withLock` came to: another replica had it, or the work ran. */
export type Locked<T> = { readonly held: false } | { readonly held: true; readonly result: T };

const HEARTBEAT_MS = 5_000;

/**
 * Locks that one replica holds at a time, for work that is not one transaction: relays, sweeps. They live on one
 * connection of their own; when it is lost, so are they, and the work's signal is aborted. What the work then still does
 * must be harmless: the lock saves effort and keeps order, constraints keep the truth.
 */
export class AdvisoryLocks {
  private connection: Promise<Holding> | undefined;
  private readonly running = new Map<string, AbortController>();
  private closed = false;

  constructor(
    private readonly config: pg.ClientConfig,
    private readonly schema: string,
  ) {}

  /**
   * Runs work if the lock is free, else returns at once.
   * @param name within this service
   * @throws DatabaseAway when the database cannot be asked
   */
  async withLock<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<Locked<T>> {
    // A session may take its own lock again: within this process the map decides.
    if (this.closed || this.running.has(name)) return { held: false };
    const controller = new AbortController();
    this.running.set(name, controller);
    try {
      const holding = await this.connected();
      const key = lockKey(this.schema, name);
      if (!(await holding.try(key))) return { held: false };
      try {
        holding.signal.addEventListener('abort', () => controller.abort(holding.signal.reason), {
          signal: controller.signal,
        });
        if (holding.signal.aborted) throw holding.signal.reason;
        return { held: true, result: await work(controller.signal) };
      } finally {
        await holding.release(key);
      }
    } finally {
      controller.abort();
      this.running.delete(name);
    }
  }

  /** Aborts what runs; its locks are free for others. */
  async close(): Promise<void> {
    this.closed = true;
    for (const each of this.running.values()) each.abort(new DatabaseAway('This service is closing.'));
    const holding = await this.connection?.catch(() => undefined);
    await holding?.end();
  }

  private connected(): Promise<Holding> {
    if (!this.connection) {
      const opening = Holding.open(this.config, () => {
        if (this.connection === opening) this.connection = undefined;
      });
      this.connection = opening;
      opening.catch(() => {
        if (this.connection === opening) this.connection = undefined;
      });
    }
    return this.connection;
  }
}

/** The connection that holds the locks. */
class Holding {
  private readonly lost = new AbortController();
  private queue: Promise<unknown> = Promise.resolve();
  private heartbeat: NodeJS.Timeout | undefined;

  private constructor(
    private readonly client: pg.Client,
    private readonly onLost: () => void,
  ) {}

  static async open(config: pg.ClientConfig, onLost: () => void): Promise<Holding> {
    const client = new pg.Client(config);
    const holding = new Holding(client, onLost);
    client.on('error', (error) => holding.lose(error));
    client.on('end', () => holding.lose(new Error('closed')));
    try {
      await client.connect();
    } catch (cause) {
      client.end().catch(() => undefined);
      throw new DatabaseAway('The database gave no connection for locks.', { cause });
    }
    // A cut network says nothing by itself: asking does.
    holding.heartbeat = setInterval(() => void holding.ask('SELECT 1').catch(() => undefined), HEARTBEAT_MS).unref();
    return holding;
  }

  get signal(): AbortSignal {
    return this.lost.signal;
  }

  async try(key: bigint): Promise<boolean> {
    const rows = await this.ask<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [key.toString()]);
    return rows[0]!.got;
  }

  /** Never throws: with the connection the lock is gone anyway. */
  async release(key: bigint): Promise<void> {
    if (this.signal.aborted) return;
    await this.ask('SELECT pg_advisory_unlock($1)', [key.toString()]).catch(() => undefined);
  }

  async end(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.client.end().catch(() => undefined);
  }

  private ask<R extends object>(sql: string, values: unknown[] = []): Promise<R[]> {
    const asked = this.queue.then(async () => {
      try {
        if (this.signal.aborted) throw this.signal.reason;
        return (await this.client.query<R>(sql, values)).rows;
      } catch (error) {
        this.lose(error);
        throw error instanceof DatabaseAway
          ? error
          : new DatabaseAway('The connection that holds the locks was lost.', { cause: error });
      }
    });
    this.queue = asked.catch(() => undefined);
    return asked;
  }

  private lose(cause: unknown): void {
    if (this.signal.aborted) return;
    clearInterval(this.heartbeat);
    this.onLost();
    this.lost.abort(new DatabaseAway('The connection that holds the locks was lost.', { cause }));
    this.client.end().catch((error: unknown) => log('persistence').debug({ err: error }, 'lock connection ended'));
  }
}

/** 64 bits for a name: advisory locks are numbers, one space for the whole database. */
export function lockKey(schema: string, name: string): bigint {
  return createHash('sha256').update(`muster ${schema} ${name}`).digest().readBigInt64BE(0);
}
