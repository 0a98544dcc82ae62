import { type Environment, environment } from '@muster/config';

import { setServiceName } from './service-name.js';

export interface Telemetry {
  /** Sends what is still held, waits two seconds at most. */
  stop(): Promise<void>;
}

/**
 * Starts the export of traces when the standard variables name an OTLP endpoint (`OTEL_EXPORTER_OTLP_ENDPOINT`,
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; sampling, headers and resource attributes as there). Otherwise nothing is made.
 * A collector that is away loses spans and nothing else. One process may start it for several services, each run by `inService`.
 */
export async function startTelemetry(options: { service: string; env?: Environment }): Promise<Telemetry> {
  setServiceName(options.service);
  if (!exports(options.env ?? environment())) return { stop: async () => undefined };
  // Loaded only here: it takes longer to load than all else of a small agent.
  const { exportTraces } = await import('./export-traces.js');
  return exportTraces(options.service);
}

function exports(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
}
