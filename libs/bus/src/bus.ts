import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf';

/** What a service says on the bus besides its doors. Injected; everything has a deadline and carries the trace. */
export abstract class Bus {
  /**
   * Asks another service.
   * @throws ApiError with the code that the service threw; `ServiceUnavailable` when nobody answers in time
   */
  abstract rpc<M extends DescMethodUnary>(
    method: M,
    request: MessageInitShape<M['input']>,
    how?: { deadlineMs?: number; signal?: AbortSignal },
  ): Promise<MessageShape<M['output']>>;
  /** A plain publish inside CORE. */
  abstract publish(subject: string, data: Uint8Array): void;
}

/** The second connection, inside account FLEET: only for services that talk to nodes. */
export abstract class Fleet {
  /**
   * Asks a node. `offline` is a definite no: nobody listens there. `silent` is not: the node may have got it.
   */
  abstract request<S extends DescMessage>(
    subject: string,
    data: Uint8Array,
    answer: S,
    how: { deadlineMs: number },
  ): Promise<{ kind: 'answered'; answer: MessageShape<S> } | { kind: 'offline' } | { kind: 'silent'; cause: unknown }>;
  /** Tells a node, unanswered. */
  abstract publish(subject: string, data: Uint8Array): void;
}
