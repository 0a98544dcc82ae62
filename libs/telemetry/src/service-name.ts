import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

let own: string | undefined;

/** What this part of the process calls itself in log lines and traces. */
export function serviceName(): string | undefined {
  return current.getStore() ?? own;
}

/** Set by `startTelemetry`: what runs outside of any `inService` bears the last name. */
export function setServiceName(service: string): void {
  own = service;
}

/**
 * Runs work as one of several services of this process: its log lines and spans, and those of everything that it starts
 * (connections, timers, handlers), bear its name.
 */
export function inService<T>(service: string, work: () => T): T {
  return current.run(service, work);
}
