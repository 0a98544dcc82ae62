/** Lets only so many in at once; the others wait in their order. */
export class Slots {
  private free: number;
  private readonly queue = new Set<() => void>();

  constructor(size: number) {
    this.free = size;
  }

  /** How many wait. */
  get waiting(): number {
    return this.queue.size;
  }

  /** @param leave whoever waits when it is aborted goes in without a place: to see that there is nothing to do any more */
  async within<T>(work: () => Promise<T>, leave?: AbortSignal): Promise<T> {
    const hasPlace = this.take() || (await this.wait(leave));
    try {
      return await work();
    } finally {
      if (hasPlace) this.giveBack();
    }
  }

  private take(): boolean {
    if (this.free === 0) return false;
    this.free--;
    return true;
  }

  private wait(leave: AbortSignal | undefined): Promise<boolean> {
    if (leave?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const enter = () => {
        leave?.removeEventListener('abort', goWithout);
        resolve(true);
      };
      const goWithout = () => {
        this.queue.delete(enter);
        resolve(false);
      };
      this.queue.add(enter);
      leave?.addEventListener('abort', goWithout, { once: true });
    });
  }

  private giveBack(): void {
    const [next] = this.queue;
    if (!next) {
      this.free++;
      return;
    }
    this.queue.delete(next);
    next();
  }
}
