import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { CloudEvent } from '@muster/contracts';
import type { Tx } from '@muster/persistence';

/** `@Rpc`. Throw `ApiError` for the asking service; it arrives there with its code. */
export interface HandlesRpc<M extends DescMethodUnary> {
  handle(request: MessageShape<M['input']>, how: RpcCall): Promise<MessageInitShape<M['output']>>;
}

export interface RpcCall {
  readonly signal: AbortSignal;
}

/**
 * `@Consumes` of an event. The host has opened `tx` and claimed the ids in the inbox: `events` are those that were not
 * handled before. Throw `RetryLater` or `Poisoned`; anything else is retried with growing delay, then parked.
 */
export interface ConsumesEvents<D> {
  handle(events: readonly CloudEvent<D>[], tx: Tx): Promise<void>;
}

/** `@Consumes` of a fleet topic. Nothing is claimed: the states that it moves go forward only. */
export interface ConsumesFleet<S extends DescMessage> {
  handle(messages: readonly FleetMessage<S>[], tx: Tx): Promise<void>;
}

/** What a node published. */
export interface FleetMessage<S extends DescMessage> {
  /** The subject's token: the only truth about who sent it. */
  readonly nodeId: string;
  readonly message: MessageShape<S>;
  /** In the stream. */
  readonly sequence: number;
}

/** `@Hears`. */
export interface HearsMessages {
  handle(messages: readonly Heard[]): Promise<void>;
}

export interface Heard {
  readonly subject: string;
  readonly tokens: readonly string[];
  readonly data: Uint8Array;
  /** Answers when it was a request; does nothing otherwise, or when the reply subject is not `allowed`. */
  respond(data: Uint8Array): void;
  /** Where the answer would go. */
  readonly reply?: string;
}

/** `@Sweeps`. Called again at once while it returns more than 0 (the number of things that it did). */
export interface Sweeping {
  sweep(): Promise<number>;
}
