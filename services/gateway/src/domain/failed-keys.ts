/** One source may name this many unknown access keys in a window before it must wait. */
const most = 100;
const windowMs = 10_000;
const mostSources = 10_000;

/**
 * Counts by source the access keys that turned out unknown, so that guessing does not become work for identity.
 * Whoever uses keys that exist is never counted.
 */
export class FailedKeys {
  private readonly counts = new Map<string, { since: number; failed: number }>();

  /** Whether the source has guessed too often. */
  isTooMany(source: string, now: number): boolean {
    const count = this.counts.get(source);
    return count !== undefined && now - count.since < windowMs && count.failed >= most;
  }

  add(source: string, now: number): void {
    const count = this.counts.get(source);
    if (count && now - count.since < windowMs) {
      count.failed++;
      return;
    }
    this.counts.delete(source);
    this.counts.set(source, { since: now, failed: 1 });
    if (this.counts.size > mostSources) this.counts.delete(this.counts.keys().next().value!);
  }
}
