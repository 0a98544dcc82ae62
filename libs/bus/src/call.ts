import type { Caller, Resource } from '@muster/iam';
import type { Audit } from '@muster/persistence';

import type { Valid } from './valid.js';

/** One API call, as its operation sees it. */
export interface Call {
  readonly caller: Caller;
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** `ssm:PutParameter` */
  readonly action: string;
  /** What makes a retried call the same call; absent when the client sent no `amz-sdk-invocation-id`. */
  readonly retry?: RetryKey;
  /** What is written down about it: `UnitOfWork.commit` commits it with the change. */
  readonly audit?: Audit;
  /** Of an operation that the model marks as a stream: what is asked about it. */
  readonly stream?: StreamCall;
  /** Aborted when the caller's deadline is over. */
  readonly signal: AbortSignal;
  /**
   * Decides on what was too much to load at once (ten thousand targets), page by page.
   * @returns those that the caller may act on; throws AccessDeniedException when `demand` and one is refused
   */
  mayAct<R extends Resource>(resources: readonly R[], how?: { demand: boolean }): Promise<R[]>;
}

/** What the gateway asks about a stream that it holds open for a caller: each time decided anew. */
export interface StreamCall {
  /** `open`: the answer is its first message. `renew`: said every 15 seconds; unsaid for a minute, it is over. */
  readonly act: 'open' | 'renew' | 'close';
  /** Where its messages are published: outputs of the operation, encoded by the model. */
  readonly subject: string;
}

/** A call that changes something is done once for each of these, for 15 minutes. */
export interface RetryKey {
  readonly principal: string;
  readonly operation: string;
  /** Hex SHA-256 of the body. */
  readonly bodyHash: string;
  readonly invocationId: string;
}

/** What `load` found: on what the operation acts. The host asks libs/iam about each before `handle` runs. */
export interface Acted {
  readonly on: readonly Resource[];
  /**
   * It was too much to load: `handle` decides page by page with `call.mayAct`. Nothing is asked before `handle`, and the
   * host refuses to answer when `handle` never asked.
   */
  readonly decidesLater?: boolean;
}

/**
 * An API operation: one class in one file of `operations/`, marked with `@Operation`.
 * `I` and `O` are the SDK's types; what reaches `load` and `handle` has been validated by the API model.
 */
export interface Handles<I, L extends Acted, O> {
  load(input: Valid<I>, call: Call): Promise<L> | L;
  handle(input: Valid<I>, loaded: L, call: Call): Promise<O>;
}
