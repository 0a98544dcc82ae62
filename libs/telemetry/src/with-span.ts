import { type Attributes, type Context, type Span, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { context, trace } from '@opentelemetry/api';

import './trace-context.js';
import { currentTracer } from './tracers.js';

export type { Attributes, Context, Span } from '@opentelemetry/api';
export { SpanKind } from '@opentelemetry/api';

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** Ids belong here, never in the name. */
  readonly attributes?: Attributes;
  /** Instead of the active context: what `contextFrom` gave. */
  readonly parent?: Context;
}

/**
 * Runs work in a span of its own; a failure is recorded and passes on.
 * @param name of low cardinality: `ssm.PutParameter`, `muster.node.invoke`
 */
export async function withSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T> | T,
): Promise<T> {
  const parent = options.parent ?? context.active();
  const span = startSpan(name, options, parent);
  return context.with(trace.setSpan(parent, span), async () => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

function startSpan(name: string, options: SpanOptions, parent: Context): Span {
  const { kind = SpanKind.INTERNAL, attributes = {} } = options;
  const span = currentTracer().startSpan(name, { kind, attributes }, parent);
  if (trace.isSpanContextValid(span.spanContext())) return span;
  // Nobody exports, and there is no parent: log lines of one request still share a trace id.
  return trace.wrapSpanContext({
    traceId: `${eightBytes()}${eightBytes()}`,
    spanId: eightBytes(),
    traceFlags: TraceFlags.NONE,
  });
}

/** Ids of traces need to be different, not secret: asking the operating system for each took a twentieth of the gateway. */
function eightBytes(): string {
  return fourBytes() + fourBytes();
}

function fourBytes(): string {
  // Never all zero, which would be no id.
  return (1 + Math.floor(Math.random() * 0xffff_ffff)).toString(16).padStart(8, '0');
}
