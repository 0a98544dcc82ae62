/** What came of one thing of a batch that failed when it was alone. */
export interface Culprit<T> {
  readonly item: T;
  readonly error: unknown;
}

/**
 * Does a batch as a whole; when that fails, its halves, down to the culprits, so that everything else is done and in order.
 * @param attempt does all of them or none
 * @param done is told what was done, as soon as it was
 * @returns those that failed alone
 */
export async function findCulprits<T>(
  items: readonly T[],
  attempt: (items: readonly T[]) => Promise<void>,
  done: (items: readonly T[]) => Promise<void>,
): Promise<Culprit<T>[]> {
  try {
    await attempt(items);
  } catch (error) {
    if (items.length === 1) return [{ item: items[0]!, error }];
    const middle = Math.ceil(items.length / 2);
    const first = await findCulprits(items.slice(0, middle), attempt, done);
    return [...first, ...(await findCulprits(items.slice(middle), attempt, done))];
  }
  await done(items);
  return [];
}
