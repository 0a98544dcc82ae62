/** What every message of a stream says, whatever the operation: the model of a stream demands it. */
export interface StreamMessage {
  /** What it is: one word, which is also the name of the server-sent event. */
  readonly event: string;
  /** Of the last thing that was told; undefined when it says nothing about it. */
  readonly sequence: number | undefined;
  /** JSON, in one line. */
  readonly text: string;
}

/** Messages that are about the stream itself. */
export const ABOUT_STREAM = {
  /** Nothing happened; this is how far the stream is. */
  alive: 'Alive',
  /** Something was missed: what is followed must be read anew. */
  resync: 'Resync',
  /** Nothing comes after it. */
  end: 'End',
} as const;

/** Reads a message. @returns undefined when it is none */
export function streamMessage(data: Uint8Array): StreamMessage | undefined {
  const text = Buffer.from(data).toString('utf8');
  try {
    const { Event: event, Sequence: sequence } = JSON.parse(text) as { Event?: unknown; Sequence?: unknown };
    if (typeof event !== 'string' || !/^\w{1,64}$/.test(event) || /[\r\n]/.test(text)) return undefined;
    return { event, sequence: typeof sequence === 'number' ? sequence : undefined, text };
  } catch {
    return undefined;
  }
}

/** A message of the gateway's own, in the words of all streams. */
export function ownMessage(content: {
  Event: string;
  Reason?: string;
  Message: string;
  Sequence?: number;
}): StreamMessage {
  return { event: content.Event, sequence: content.Sequence, text: JSON.stringify(content) };
}

/** As server-sent events have it. */
export function serverSentEvent({ event, sequence, text }: StreamMessage): string {
  const id = sequence === undefined ? '' : `id: ${sequence}\n`;
  return `${id}event: ${event}\ndata: ${text}\n\n`;
}
