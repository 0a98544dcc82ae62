import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is yes.
 * @param ask its failures count as "not yet"
 * @throws when `withinMs` are over, with the last failure as cause; or when `signal` is aborted
 */
export async function retryUntil(
  what: string,
  ask: () => Promise<boolean>,
  how: { withinMs: number; everyMs: number; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + how.withinMs;
  for (let cause: unknown; ;) {
    how.signal.throwIfAborted();
    try {
      if (await ask()) return;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${how.withinMs / 1000} s`, { cause });
    await sleep(how.everyMs, undefined, { signal: how.signal });
  }
}
