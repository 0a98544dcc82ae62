import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

import type { Telemetry } from './start-telemetry.js';
import { forgetProvider, useProvider } from './tracers.js';

/** Sends the spans of a service where the standard variables say. */
export function exportTraces(service: string): Telemetry {
  const provider = new NodeTracerProvider({
    // The variables win: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'muster' }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: 5_000 }))],
  });
  useProvider(service, provider);
  return {
    stop: async () => {
      forgetProvider(service, provider);
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, 2_000).unref()),
      ]);
    },
  };
}
