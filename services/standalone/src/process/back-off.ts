/**
 * How long to wait before a child that died is started again: twice as long each time, from `firstMs` to `longestMs`. One
 * that had run for `healthyMs` begins anew: it does not fail at its start.
 */
export class BackOff {
  private nextMs: number;

  constructor(private readonly limits: { firstMs: number; longestMs: number; healthyMs: number }) {
    this.nextMs = limits.firstMs;
  }

  /** @param ranForMs how long the child had run */
  after(ranForMs: number): number {
    if (ranForMs >= this.limits.healthyMs) this.nextMs = this.limits.firstMs;
    const waitMs = this.nextMs;
    this.nextMs = Math.min(this.nextMs * 2, this.limits.longestMs);
    return waitMs;
  }
}
