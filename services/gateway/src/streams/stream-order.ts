import { ABOUT_STREAM, type StreamMessage, ownMessage } from './stream-message.js';

/** Sees in the sequences of a stream whether something is missing. */
export class StreamOrder {
  constructor(private last: number) {}

  /** Of the last message that was seen. */
  get sequence(): number {
    return this.last;
  }

  /** What the reader is told, in this order: a message that comes too late is dropped, before a gap `Resync` is said. */
  next(message: StreamMessage): StreamMessage[] {
    const { event, sequence } = message;
    if (sequence === undefined) return [message];
    if (event === ABOUT_STREAM.alive) return sequence > this.last ? [this.missed(sequence)] : [];
    if (event === ABOUT_STREAM.end) return sequence > this.last ? [this.missed(sequence), message] : [message];
    if (sequence <= this.last) return [];
    const gap = sequence > this.last + 1 && event !== ABOUT_STREAM.resync ? [this.missed(sequence - 1)] : [];
    this.last = sequence;
    return [...gap, message];
  }

  private missed(upTo: number): StreamMessage {
    this.last = upTo;
    return ownMessage({
      Event: ABOUT_STREAM.resync,
      Sequence: upTo,
      Message: 'Something was lost on the way: read again what you follow.',
    });
  }
}
