import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';

/** Until when the asker of the work at hand waits. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Milliseconds that are left; 0 when it is over. */
  remainingMs(): number;
}

const current = new AsyncLocalStorage<Deadline>();

/** The deadline of the request that is being worked on, if any. */
export function currentDeadline(): Deadline | undefined {
  return current.getStore();
}

/** Runs work that somebody waits for; the signal is aborted when the time is over. */
export async function withDeadline<T>(ms: number, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  const end = performance.now() + ms;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`nobody waits any more, after ${ms} ms`)), ms);
  timer.unref();
  const deadline: Deadline = {
    signal: controller.signal,
    remainingMs: () => Math.max(0, Math.floor(end - performance.now())),
  };
  try {
    return await current.run(deadline, () => work(deadline));
  } finally {
    clearTimeout(timer);
  }
}
