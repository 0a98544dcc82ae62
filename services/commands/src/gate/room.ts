/** A share of what may be under way at the same time. */
export interface Share {
  readonly size: number;
  /** Uses a part of it. Call the result as these come to their ends. */
  take(count: number): (count: number) => void;
  /** Gives back what was not taken. */
  giveBack(): void;
}

/** A bounded number of things under way; who asks when it is full waits for its turn. */
export class Room {
  private used = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly size: number) {}

  /** Waits until something is free and reserves it, at most `most`. */
  async share(most: number): Promise<Share> {
    while (this.used >= this.size) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const size = Math.min(most, this.size - this.used);
    this.used += size;
    let left = size;
    return {
      size,
      take: (count) => {
        left -= count;
        let open = count;
        return (ended) => {
          const now = Math.min(ended, open);
          open -= now;
          this.free(now);
        };
      },
      giveBack: () => {
        this.free(left);
        left = 0;
      },
    };
  }

  private free(count: number): void {
    this.used -= count;
    if (this.used < this.size) for (const wake of this.waiting.splice(0)) wake();
  }
}
