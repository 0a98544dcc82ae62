import { BackOff } from './back-off.js';

interface Kept {
  readonly backOff: BackOff;
  timer?: NodeJS.Timeout;
  sending: boolean;
}

/** Keeps final reports until they are settled: sends each at once, after every hello, and again with growing pauses. */
export class FinalReports {
  private readonly kept = new Map<string, Kept>();
  private closed = false;

  /** @param send resolves when a stream has it, which is not yet delivery */
  constructor(private readonly send: (id: string) => Promise<void>) {}

  /** Whose final state nobody has confirmed. */
  ids(): readonly string[] {
    return [...this.kept.keys()];
  }

  keep(id: string): void {
    if (this.closed || this.kept.has(id)) return;
    this.kept.set(id, { backOff: new BackOff(5_000, 300_000), sending: false });
    this.sendNow(id);
  }

  settled(id: string): void {
    clearTimeout(this.kept.get(id)?.timer);
    this.kept.delete(id);
  }

  /** The control plane is there again. */
  sendAll(): void {
    for (const [id, { backOff }] of this.kept) {
      backOff.reset();
      this.sendNow(id);
    }
  }

  close(): void {
    this.closed = true;
    for (const { timer } of this.kept.values()) clearTimeout(timer);
  }

  private sendNow(id: string): void {
    const kept = this.kept.get(id);
    if (!kept || kept.sending || this.closed) return;
    clearTimeout(kept.timer);
    kept.sending = true;
    // Whether it was taken or not, it is sent again until it is settled.
    void this.send(id)
      .catch(() => undefined)
      .then(() => {
        kept.sending = false;
        if (this.closed || !this.kept.has(id)) return;
        kept.timer = setTimeout(() => this.sendNow(id), kept.backOff.nextMs()).unref();
      });
  }
}
