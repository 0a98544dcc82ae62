import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';

import { serviceName } from './service-name.js';

const providers = new Map<string, TracerProvider>();

/** From now on the spans of a service go to its own provider: several services of one process stay apart in a trace. */
export function useProvider(service: string, provider: TracerProvider): void {
  providers.set(service, provider);
}

export function forgetProvider(service: string, provider: TracerProvider): void {
  if (providers.get(service) === provider) providers.delete(service);
}

/** The tracer of the service that runs now; one that records nothing when nobody exports. */
export function currentTracer(): Tracer {
  const service = serviceName();
  return ((service !== undefined && providers.get(service)) || trace).getTracer('muster');
}
