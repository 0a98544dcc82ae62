import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { log } from '@muster/telemetry';

import { generationOf, withGeneration } from './generation.js';

/**
 * How long a message may be worked on before it is given to another replica; the host asks for more while it works. It is also
 * how long a message waits that was on the way to a replica which was killed.
 */
export const ACK_WAIT_MS = 15_000;

/** Raised when a setting below changes. */
const GENERATION = 2;

/** A durable pull consumer of ours. */
export interface Durable {
  readonly stream: string;
  readonly name: string;
  /** One filter for each durable: older servers know no more. */
  readonly filter: string;
}

/** Makes the durable, or brings it to this release; what a newer release has set stays. */
export async function ensureDurable(manager: JetStreamManager, durable: Durable): Promise<ConsumerInfo> {
  const found = await manager.consumers.info(durable.stream, durable.name).catch(unlessNotFound);
  if (!found) return manager.consumers.add(durable.stream, configOf(durable));
  if (generationOf(found.config.description) >= GENERATION) return found;
  // Where it began is of its making, and cannot be changed.
  const { deliver_policy, opt_start_seq } = found.config;
  const config = { ...configOf(durable), deliver_policy, ...(opt_start_seq ? { opt_start_seq } : {}) };
  return manager.consumers.update(durable.stream, durable.name, config);
}

/** Forgets how far the durable was: everything that is still in the stream comes again. */
export async function rewindDurable(manager: JetStreamManager, durable: Durable, why: string): Promise<void> {
  log('bus.consumer').warn({ durable: durable.name, stream: durable.stream }, `${why}: the durable begins anew`);
  await manager.consumers.delete(durable.stream, durable.name).catch(unlessNotFound);
  await manager.consumers.add(durable.stream, configOf(durable));
}

/**
 * Begins again behind what was acknowledged. What another replica had taken and not finished would else come only after its time is
 * over, behind newer messages.
 */
export async function resumeDurable(manager: JetStreamManager, durable: Durable): Promise<void> {
  const info = await manager.consumers.info(durable.stream, durable.name);
  if (info.num_ack_pending === 0) return;
  await manager.consumers.delete(durable.stream, durable.name).catch(unlessNotFound);
  await manager.consumers.add(durable.stream, {
    ...configOf(durable),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: info.ack_floor.stream_seq + 1,
  });
}

function configOf({ name, filter }: Durable): ConsumerConfig & Partial<ConsumerConfig> {
  return {
    durable_name: name,
    name,
    filter_subject: filter,
    description: withGeneration(GENERATION, 'Muster'),
    ack_policy: AckPolicy.Explicit,
    // What was announced before this durable existed is its business too; a handler is idempotent.
    deliver_policy: DeliverPolicy.All,
    ack_wait: ACK_WAIT_MS * 1_000_000,
    // A message over the limit would stay in a work queue for ever: the host parks what cannot be handled.
    max_deliver: -1,
    // Bounded by what is pulled: replicas times two batches. The limit only must never be reached by those.
    max_ack_pending: 50_000,
  } as ConsumerConfig;
}

function unlessNotFound(error: unknown): undefined {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound) return undefined;
  throw error;
}
