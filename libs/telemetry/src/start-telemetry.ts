import { type Environment, environment } from '@muster/config';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

import { setServiceName } from './service-name.js';
import { forgetProvider, useProvider } from './tracers.js';

export interface Telemetry {
  /** Sends what is still held, waits two seconds at most. */
  stop(): Promise<void>;
}

/**
 * Starts the export of traces when the standard variables name an OTLP endpoint (`OTEL_EXPORTER_OTLP_ENDPOINT`,
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; sampling, headers and resource attributes as there). Otherwise nothing is made.
 * A collector that is away loses spans and nothing else. One process may start it for several services, each run by `inService`.
 */
export function startTelemetry(options: { service: string; env?: Environment }): Telemetry {
  setServiceName(options.service);
  const env = options.env ?? environment();
  if (!exports(env)) return { stop: async () => undefined };

  const provider = new NodeTracerProvider({
    // The variables win: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
    resource: resourceFromAttributes({ 'service.name': options.service, 'service.namespace': 'muster' }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: 5_000 }))],
  });
  useProvider(options.service, provider);
  return {
    stop: async () => {
      forgetProvider(options.service, provider);
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, 2_000).unref()),
      ]);
    },
  };
}

function exports(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
}
