/**
 * Sends together what is sent in one turn of the event loop. The NATS client writes to its socket after every run of
 * microtasks, so each request that comes over a socket of its own would be a write of its own, and that is most of what
 * a small request costs. `setImmediate` comes after all that had arrived was looked at, and before anything is waited for.
 */
export class OneWrite {
  private waiting: (() => void)[] = [];

  /** @param send publishes; must not throw */
  push(send: () => void): void {
    if (this.waiting.push(send) === 1) setImmediate(() => this.now());
  }

  /** The same for what is answered. */
  ask<T>(send: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.push(() => {
        try {
          send().then(resolve, reject);
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /** Without waiting for the end of the turn: before a flush. */
  now(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const send of waiting) send();
  }
}
