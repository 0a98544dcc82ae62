import { ABOUT_STREAM, type StreamMessage, ownMessage, serverSentEvent } from './stream-message.js';
import { StreamOrder } from './stream-order.js';

/** Where a reader is reached. */
export interface StreamReader {
  /** @returns how many bytes the reader has not fetched yet */
  write(text: string): number;
  /** After what was written. */
  end(): void;
  /** At once: the reader does not read. */
  cut(): void;
  /** The reader has gone, or was let go. */
  onClose(listener: () => void): void;
}

/** How a stream is kept open. */
export interface StreamUpkeep {
  readonly heartbeatMs: number;
  readonly renewMs: number;
  /** Unrenewed for so long, the service has given it up. */
  readonly leaseMs: number;
  readonly mostUnreadBytes: number;
  /** Asks the service whether it may go on. @returns the refusal, or undefined; @throws when nobody can be asked */
  renew(): Promise<string | undefined>;
  /** The reader has gone, for whatever reason; called once. */
  closed(how: { readonly reason: string; readonly sequence: number }): void;
}

/** One stream: from the service's messages to its reader. */
export class OpenStream {
  private readonly order: StreamOrder;
  private reader: StreamReader | undefined;
  private readonly early: StreamMessage[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private renewedAt = performance.now();
  private renewing = false;
  private reason: string | undefined;

  constructor(
    private readonly first: StreamMessage,
    private readonly upkeep: StreamUpkeep,
  ) {
    this.order = new StreamOrder(first.sequence ?? 0);
  }

  /** The reader is there: from now on it is written to. */
  attach(reader: StreamReader): void {
    this.reader = reader;
    reader.onClose(() => this.over('ReaderGone'));
    // Gone already, before anything was said.
    if (this.reason !== undefined) return;
    this.write(serverSentEvent(this.first));
    for (const message of this.early.splice(0)) this.take(message);
    this.every(this.upkeep.heartbeatMs, () => this.write(': heartbeat\n\n'));
    this.every(this.upkeep.renewMs, () => void this.renew());
  }

  /** The service says something. */
  take(message: StreamMessage): void {
    if (this.reason !== undefined) return;
    if (!this.reader) {
      this.early.push(message);
      return;
    }
    const told = this.order.next(message);
    if (told.length > 0) this.write(told.map(serverSentEvent).join(''));
    if (message.event === ABOUT_STREAM.end) this.finish(ABOUT_STREAM.end);
  }

  /** Ends it politely. */
  end(reason: string, text: string): void {
    if (this.reason !== undefined) return;
    const message = ownMessage({
      Event: ABOUT_STREAM.end,
      Sequence: this.order.sequence,
      Reason: reason,
      Message: text,
    });
    this.write(serverSentEvent(message));
    this.finish(reason);
  }

  private async renew(): Promise<void> {
    if (this.renewing) return;
    this.renewing = true;
    try {
      const refusal = await this.upkeep.renew();
      if (refusal !== undefined) this.end('Refused', refusal);
      this.renewedAt = performance.now();
    } catch {
      if (performance.now() - this.renewedAt > this.upkeep.leaseMs) {
        this.end('Unavailable', 'The service could not be reached for too long: open the stream again.');
      }
    } finally {
      this.renewing = false;
    }
  }

  private write(text: string): void {
    if (this.reason !== undefined || !this.reader) return;
    if (this.reader.write(text) <= this.upkeep.mostUnreadBytes) return;
    // What it would be told now would only come behind all that it has not read.
    this.reader.cut();
    this.over('SlowReader');
  }

  private finish(reason: string): void {
    if (this.reason !== undefined) return;
    this.reader?.end();
    this.over(reason);
  }

  private over(reason: string): void {
    if (this.reason !== undefined) return;
    this.reason = reason;
    for (const timer of this.timers) clearInterval(timer);
    this.upkeep.closed({ reason, sequence: this.order.sequence });
  }

  private every(ms: number, work: () => void): void {
    this.timers.push(setInterval(work, ms).unref());
  }
}
