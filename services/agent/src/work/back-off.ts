/** Growing pauses with some chance in them, so that a fleet does not come back in one moment. */
export class BackOff {
  private step: number;

  constructor(
    private readonly firstMs: number,
    private readonly longestMs: number,
  ) {
    this.step = firstMs;
  }

  /** How long to wait before the next attempt. */
  nextMs(): number {
    const ms = this.step * (0.75 + Math.random() / 2);
    this.step = Math.min(this.longestMs, this.step * 2);
    return ms;
  }

  reset(): void {
    this.step = this.firstMs;
  }
}
