import { BusConnection, unavailable } from '@muster/bus';
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type ConsumerConfig,
  type ConsumerInfo,
  type JetStreamManager,
  jetstreamManager,
} from '@nats-io/jetstream';
import { Injectable } from '@nestjs/common';

const STREAM = 'EVENTS';
const SECOND = 1_000_000_000;

/** Where a durable begins. */
export type Start = 'now' | { readonly since: Date | null } | { readonly afterSequence: number };

/** Durable pull consumers of the stream EVENTS, made here for subscribers. */
@Injectable()
export class Durables {
  constructor(private readonly bus: BusConnection) {}

  /** Makes one. @throws ApiError ServiceUnavailable */
  async make(name: string, filter: string, start: Start): Promise<void> {
    await this.ask((manager) => manager.consumers.add(STREAM, configOf(name, filter, start)));
  }

  /** Removes one; one that is gone already is fine. @throws ApiError ServiceUnavailable */
  async remove(name: string): Promise<void> {
    await this.ask((manager) => manager.consumers.delete(STREAM, name).catch(unlessGone));
  }

  /** Up to where everything was acknowledged; undefined when nothing was, or there is no such durable. */
  async acknowledgedUpTo(name: string): Promise<number | undefined> {
    const info = await this.ask((manager) => manager.consumers.info(STREAM, name).catch(unlessGone));
    // Until the first acknowledgement the broker says 0, wherever the durable began.
    return info && (info.ack_floor.stream_seq || (info.config.opt_start_seq ?? 1) - 1 || undefined);
  }

  /** All of the stream, services' own too, and the stream's last sequence. */
  async all(): Promise<{ durables: ConsumerInfo[]; lastSequence: number }> {
    return this.ask(async (manager) => {
      const durables: ConsumerInfo[] = [];
      for await (const each of manager.consumers.list(STREAM)) durables.push(each);
      // Asked last: what a durable has reached by then, the stream holds.
      const { state } = await manager.streams.info(STREAM);
      return { durables, lastSequence: state.last_seq };
    });
  }

  private async ask<T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    try {
      // Who it may ask is known: the check would ask for more.
      return await work(await jetstreamManager(this.bus.nats, { checkAPI: false, timeout: 5_000 }));
    } catch (error) {
      // What the broker answers is a fault of the question; everything else is a broker that is away.
      if (error instanceof JetStreamApiError && error.status < 500) throw error;
      throw unavailable('The bus does not answer: try again.', error);
    }
  }
}

function configOf(name: string, filter: string, start: Start): ConsumerConfig {
  return {
    name,
    durable_name: name,
    description: 'Muster subscription',
    // One filter: older servers know no more.
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ack_wait: 30 * SECOND,
    // Each event comes until it is acknowledged: the stream's age is the limit.
    max_deliver: -1,
    // A subscriber that acknowledges nothing costs this much of the broker's memory, not more.
    max_ack_pending: 1_000,
    // Likewise pulls that wait, and how long.
    max_waiting: 64,
    max_batch: 1_000,
    max_expires: 60 * SECOND,
    ...deliveryOf(start),
  } as ConsumerConfig;
}

function deliveryOf(start: Start): Partial<ConsumerConfig> {
  if (start === 'now') return { deliver_policy: DeliverPolicy.New };
  if ('afterSequence' in start) {
    return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: start.afterSequence + 1 };
  }
  if (start.since === null) return { deliver_policy: DeliverPolicy.All };
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: start.since.toISOString() };
}

function unlessGone(error: unknown): undefined {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return undefined;
  throw error;
}
