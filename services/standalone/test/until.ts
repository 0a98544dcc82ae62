import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `look` gives something; the process table has no events to wait for. */
export async function until<T>(what: string, look: () => T | undefined | false, withinMs = 10_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await sleep(10);
  }
}
