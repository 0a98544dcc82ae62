import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is right; fails with what the last one lacked. For what announces itself by no event. */
export async function eventually(check: () => Promise<void> | void, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(25);
    }
  }
}
