import type { Persistence } from '@muster/persistence';
import type { ConsumerInfo, JetStreamManager, StreamState } from '@nats-io/jetstream';

import { type Durable, ensureDurable } from './durable.js';
import { pause } from './pause.js';

const LOOKS = 5;

/**
 * Makes sure of the durable and says why it must begin anew, if it must: a power cut took the end of the stream, and the
 * durable, or what was handled, is further than that. It would skip what takes those places next.
 */
export async function whyRewind(
  manager: JetStreamManager,
  durable: Durable,
  persistence: Persistence,
): Promise<string | undefined> {
  const info = await ensureDurable(manager, durable);
  const { state } = await manager.streams.info(durable.stream);
  const reached = Math.max(info.delivered.stream_seq, info.ack_floor.stream_seq);
  if (reached > state.last_seq) return `the stream ends at ${state.last_seq}, the durable was at ${reached}`;
  if (durable.stream === 'EVENTS') return anotherLiesThere(manager, durable, state, persistence);
  return isStuck(manager, durable, info);
}

/** Others may have published since, so that the stream is as long again: what lies there tells. */
async function anotherLiesThere(
  manager: JetStreamManager,
  durable: Durable,
  state: StreamState,
  { inbox, database }: Persistence,
): Promise<string | undefined> {
  const last = await inbox.furthest(database, durable.name);
  if (!last || last.streamSeq < state.first_seq) return undefined;
  const found = await manager.streams.getMessage(durable.stream, { seq: last.streamSeq });
  if (found?.header.get('Nats-Msg-Id') === last.eventId) return undefined;
  return `at ${last.streamSeq} in the stream lies another event than was handled`;
}

/** In a work queue whatever is there is still to be done: what the durable does not count, it has skipped. */
async function isStuck(manager: JetStreamManager, durable: Durable, first: ConsumerInfo): Promise<string | undefined> {
  let before = countedBy(first);
  // Messages come and go between the questions: only what is seen time and again is so. A wrong yes costs a redelivery.
  for (let look = 0; look < LOOKS; look++) {
    const { state } = await manager.streams.info(durable.stream);
    const after = countedBy(await manager.consumers.info(durable.stream, durable.name));
    if (state.messages <= Math.max(before, after)) return undefined;
    before = after;
    await pause(50);
  }
  return `the queue holds more than the ${before} messages that the durable counts`;
}

function countedBy(info: ConsumerInfo): number {
  return info.num_pending + info.num_ack_pending;
}
