/**
 * Who waits takes turns by owner, so that nobody who asks much keeps others waiting. Who was a burden lately comes when
 * nobody else waits.
 */
export class FairTurns<T> {
  /** In the order in which owners are served next. */
  private readonly waiting = new Map<string, T[]>();
  /** Until when an owner counts as a burden. */
  private readonly burdens = new Map<string, number>();

  /** @param mostEach what of one owner waits, at most */
  constructor(private readonly mostEach: number) {}

  /** @returns false when too much of this owner waits already */
  add(owner: string, item: T): boolean {
    const own = this.waiting.get(owner) ?? [];
    if (own.length >= this.mostEach) return false;
    own.push(item);
    this.waiting.set(owner, own);
    return true;
  }

  /** Whose turn it is; undefined when nobody waits. */
  next(now: number): { owner: string; item: T } | undefined {
    for (const [owner, until] of this.burdens) if (until <= now) this.burdens.delete(owner);
    const owners = [...this.waiting.keys()];
    const owner = owners.find((each) => !this.burdens.has(each)) ?? owners[0];
    if (owner === undefined) return undefined;
    const [item, ...rest] = this.waiting.get(owner)!;
    // To the end of the order.
    this.waiting.delete(owner);
    if (rest.length > 0) this.waiting.set(owner, rest);
    return { owner, item: item! };
  }

  /** The owner has cost others their time. */
  burden(owner: string, until: number): void {
    this.burdens.set(owner, until);
  }
}
