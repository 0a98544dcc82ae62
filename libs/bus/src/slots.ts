/** Thrown when there is no room left, not even to wait. */
export class NoSlot extends Error {
  override readonly name = 'NoSlot';
}

/** Bounds how much is worked on at once and how much may wait for it. */
export class Slots {
  private running = 0;
  private readonly queue: (() => void)[] = [];
  private readonly idlers: (() => void)[] = [];

  constructor(
    private readonly most: number,
    private readonly waiting: number,
  ) {}

  /**
   * Runs work when a slot is free, in the order of asking.
   * @throws NoSlot when as many wait already as may
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.most) {
      if (this.queue.length >= this.waiting) throw new NoSlot();
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  /** Resolves when nothing runs and nothing waits. */
  async idle(): Promise<void> {
    if (this.running === 0) return;
    await new Promise<void>((resolve) => this.idlers.push(resolve));
  }

  private release(): void {
    const next = this.queue.shift();
    if (next) return next();
    this.running--;
    if (this.running === 0) for (const idler of this.idlers.splice(0)) idler();
  }
}
