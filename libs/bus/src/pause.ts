/** Waits, or less when the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Grows from `first` to `most` with the number of the attempt (from 0); jittered, so that replicas don't march in step. */
export function backOff(attempt: number, first: number, most: number, random = Math.random): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 30)) * (0.5 + random() / 2);
}
