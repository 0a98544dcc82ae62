/** Whether something is to be said (again): once in so many milliseconds for each name, for so many names. */
export class SaidLately {
  private readonly saidAt = new Map<string, number>();

  constructor(
    private readonly everyMs: number,
    private readonly most: number,
  ) {}

  /** When it is, it counts as said from now on. */
  isDue(name: string, now: number): boolean {
    const before = this.saidAt.get(name);
    if (before !== undefined && now - before < this.everyMs) return false;
    // To the end: what was said first is forgotten first.
    this.saidAt.delete(name);
    this.saidAt.set(name, now);
    if (this.saidAt.size > this.most) this.saidAt.delete(this.saidAt.keys().next().value!);
    return true;
  }
}
