/** Seeded randomness: the same seed makes the same plan (mulberry32, a public-domain generator). */
export class Random {
  constructor(private state: number) {}

  /** 0 ≤ n < 1 */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Whole number, both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)]!;
  }

  /** Some of them, in random order, at least one. */
  some<T>(items: readonly T[], most: number): T[] {
    const rest = [...items];
    const taken: T[] = [];
    const n = this.between(1, Math.min(most, rest.length));
    while (taken.length < n) taken.push(...rest.splice(this.between(0, rest.length - 1), 1));
    return taken;
  }
}
