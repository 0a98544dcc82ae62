/**
 * Waits, or less when one of the signals is aborted. Takes several because `AbortSignal.any` leaves something behind at a
 * signal that lives long, at each call (Node 20: 60 bytes, so a service that looks four times a second grows by 20 MB a day).
 */
export async function pause(ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  if (signals.some((each) => each?.aborted)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const each of signals) each?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    for (const each of signals) each?.addEventListener('abort', done, { once: true });
  });
}

/** Grows from `first` to `most` with the number of the attempt (from 0); jittered, so that replicas don't march in step. */
export function backOff(attempt: number, first: number, most: number, random = Math.random): number {
  return Math.min(most, first * 2 ** Math.min(attempt, 30)) * (0.5 + random() / 2);
}
