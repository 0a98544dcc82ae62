let name: string | undefined;

/** What this process calls itself in log lines and traces. */
export function serviceName(): string | undefined {
  return name;
}

/** Set once, by `startTelemetry`. */
export function setServiceName(service: string): void {
  name = service;
}
