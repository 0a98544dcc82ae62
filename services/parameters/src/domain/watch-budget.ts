const MOST_BYTES_FOR_ONE = 1024 * 1024;
const MOST_BYTES_FOR_ALL = 16 * 1024 * 1024;
/** What a message has around its value, roughly. */
const AROUND_BYTES = 600;

/**
 * How much may be pushed of one batch of changes. Whoever would get more than that reads the parameters anew instead: a burst
 * over a thousand watches is then a thousand short messages.
 */
export class WatchBudget {
  private left = MOST_BYTES_FOR_ALL;

  /** @param values of the changes of one watch; undefined where none is pushed. @returns whether they may be pushed */
  takes(values: readonly (string | undefined)[]): boolean {
    let bytes = 0;
    for (const value of values) bytes += AROUND_BYTES + (value === undefined ? 0 : Buffer.byteLength(value));
    if (bytes > MOST_BYTES_FOR_ONE || bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }
}
