/** Tells a sweep of this process that there is work now; other replicas' find it at their next turn. */
export class SweepWaker {
  private readonly sweeps = new Map<string, () => void>();

  /** @param lock as the sweep's mark names it */
  wake(lock: string): void {
    this.sweeps.get(lock)?.();
  }

  /** For the host: what waking this one does. */
  register(lock: string, wake: () => void): void {
    this.sweeps.set(lock, wake);
  }
}
