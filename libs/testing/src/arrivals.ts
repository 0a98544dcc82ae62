/** Things that arrive, waited for one by one. */
export class Arrivals<T> {
  readonly all: T[] = [];
  private readonly untaken: T[] = [];
  private readonly waiters = new Set<() => void>();

  push(item: T): void {
    this.all.push(item);
    this.untaken.push(item);
    for (const wake of [...this.waiters]) wake();
  }

  /** The first one that matches and that nobody took. @throws when none arrives in time */
  async next(match: (item: T) => boolean = () => true, withinMs = 15_000): Promise<T> {
    const until = performance.now() + withinMs;
    for (;;) {
      const at = this.untaken.findIndex(match);
      if (at >= 0) return this.untaken.splice(at, 1)[0]!;
      const left = until - performance.now();
      if (left <= 0) {
        throw new Error(`nothing that matches arrived in ${withinMs} ms; not taken: ${describe(this.untaken)}`);
      }
      await this.arrival(left);
    }
  }

  private arrival(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiters.add(done);
    });
  }
}

function describe(items: readonly unknown[]): string {
  const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
  return JSON.stringify(items.slice(-5), plain);
}
