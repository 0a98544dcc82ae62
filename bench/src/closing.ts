/** What was started is stopped again in the opposite order, also when the measurement fails. */
export async function closing<T>(work: (later: (close: () => Promise<unknown>) => void) => Promise<T>): Promise<T> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    return await work((close) => void closers.push(close));
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
