import { context, createContextKey } from '@opentelemetry/api';

import './trace-context.js';

const REQUEST_ID = createContextKey('muster.request-id');

/** Runs the work of one request: its log lines carry the id. */
export function withRequest<T>(requestId: string, work: () => T): T {
  return context.with(context.active().setValue(REQUEST_ID, requestId), work);
}

/** The id of the request that is being worked on. */
export function requestId(): string | undefined {
  return context.active().getValue(REQUEST_ID) as string | undefined;
}
