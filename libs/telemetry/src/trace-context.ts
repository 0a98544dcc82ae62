import { type Context, type TextMapSetter, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

// On load, so that a trace is carried whether or not this process exports one.
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const propagator = new W3CTraceContextPropagator();

/** Anything that headers can be set on: NATS headers, a `Headers`, a `Map`. */
export interface HeaderSink {
  set(name: string, value: string): unknown;
}

const sink: TextMapSetter<HeaderSink> = { set: (headers, name, value) => void headers.set(name, value) };

/** Writes `traceparent` (and `tracestate`) of the active span. */
export function injectTrace(headers: HeaderSink): void {
  propagator.inject(context.active(), headers, sink);
}

/** `traceparent` of the active span, for what is kept in a row or a message. */
export function traceparent(): string | undefined {
  const carrier = new Map<string, string>();
  injectTrace(carrier);
  return carrier.get('traceparent');
}

/** The context in which work for a received `traceparent` runs; what is absent or malformed starts a new trace. */
export function contextFrom(received: string | undefined, tracestate?: string): Context {
  const root = trace.deleteSpan(context.active());
  if (!received) return root;
  const carrier: Record<string, string | undefined> = { traceparent: received, tracestate };
  return propagator.extract(root, carrier, { get: (from, key) => from[key], keys: (from) => Object.keys(from) });
}

/** Runs work in a context: spans made in it are children of what the context carries. */
export function runInContext<T>(within: Context, work: () => T): T {
  return context.with(within, work);
}
