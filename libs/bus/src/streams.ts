import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';

const SECOND = 1_000_000_000;
const DAY = 24 * 3600 * SECOND;
const MiB = 1024 * 1024;

/** What a stream, bucket or object store of ours must be. */
export interface StreamSettings {
  readonly generation: number;
  readonly config: Partial<StreamConfig> & { readonly name: string; readonly subjects: string[] };
}

/**
 * Every stream of the bus and its limits. Whoever changes a line raises its generation: a replica of an older release
 * never lowers what a newer one has set.
 */
export const streams: readonly StreamSettings[] = [
  {
    generation: 1,
    config: {
      name: 'EVENTS',
      subjects: ['events.>'],
      retention: RetentionPolicy.Limits,
      // What no subscriber fetched within a week is gone; the outbox keeps 48 hours beside it.
      max_age: 7 * DAY,
      max_bytes: 1024 * MiB,
      discard: DiscardPolicy.Old,
      // A relay that died between publishing and marking asks the stream first; this catches what crosses on the wire.
      duplicate_window: 120 * SECOND,
      // Servers from 2.15 on allow 1,000 otherwise, and each subscription is one.
      max_consumers: 20_000,
      allow_direct: true,
    },
  },
  {
    generation: 1,
    config: {
      name: 'FLEET',
      subjects: ['fleet.*.status'],
      retention: RetentionPolicy.Workqueue,
      max_bytes: 512 * MiB,
      // A full queue says no to the agent, which keeps its report; dropping the oldest would lose one in silence.
      discard: DiscardPolicy.New,
      max_msg_size: MiB,
      // Reports are idempotent: the state only goes forward. A window would only cost memory.
      duplicate_window: SECOND,
    },
  },
  {
    generation: 1,
    config: {
      name: 'OUTPUT',
      subjects: ['fleet.*.output'],
      retention: RetentionPolicy.Workqueue,
      max_bytes: 1024 * MiB,
      discard: DiscardPolicy.New,
      // Chunks are 64 KiB at most, with a little around them.
      max_msg_size: 128 * 1024,
      duplicate_window: SECOND,
    },
  },
  bucket('operations', 16 * MiB),
  bucket('principals', 64 * MiB),
  {
    generation: 1,
    config: {
      name: 'OBJ_objects',
      subjects: ['$O.objects.C.>', '$O.objects.M.>'],
      retention: RetentionPolicy.Limits,
      max_bytes: 4096 * MiB,
      discard: DiscardPolicy.New,
      allow_rollup_hdrs: true,
      allow_direct: true,
    },
  },
];

/** A key-value bucket: one value for each key. */
function bucket(name: string, maxBytes: number): StreamSettings {
  return {
    generation: 1,
    config: {
      name: `KV_${name}`,
      subjects: [`$KV.${name}.>`],
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
      max_bytes: maxBytes,
      discard: DiscardPolicy.New,
      allow_rollup_hdrs: true,
      deny_delete: true,
      allow_direct: true,
    },
  };
}

/** What every stream has in common. */
export const everyStream: Partial<StreamConfig> = { storage: StorageType.File, num_replicas: 1 };
