import { type Msg, type NatsConnection, createInbox, headers } from '@nats-io/transport-node';

/** A message for a stream. */
export interface Publishable {
  readonly subject: string;
  readonly data: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where it lies in the stream, or why nobody knows. */
export type Published =
  { readonly sequence: number; readonly error?: undefined } | { readonly sequence?: undefined; readonly error: Error };

/**
 * Publishes messages in this order on one connection without waiting for each: the server takes them in order, so one
 * round trip serves all. Never tries again by itself, which could change the order.
 */
export async function publishInOrder(
  nats: NatsConnection,
  inboxPrefix: string,
  messages: readonly Publishable[],
  deadlineMs = 5_000,
): Promise<Published[]> {
  const outcomes: Published[] = messages.map(() => ({ error: new Error('no acknowledgement came in time') }));
  let missing = messages.length;
  const inbox = createInbox(inboxPrefix);
  const over = new AbortController();
  const subscription = nats.subscribe(`${inbox}.*`, {
    callback: (error, msg) => {
      if (error) return;
      outcomes[Number(msg.subject.slice(inbox.length + 1))] = acknowledgement(msg);
      if (--missing === 0) over.abort();
    },
  });
  try {
    messages.forEach((each, i) => {
      const set = headers();
      for (const [name, value] of Object.entries(each.headers)) set.set(name, value);
      nats.publish(each.subject, each.data, { headers: set, reply: `${inbox}.${i}` });
    });
    await settled(nats, over, deadlineMs);
  } finally {
    subscription.unsubscribe();
  }
  return outcomes;
}

function settled(nats: NatsConnection, over: AbortController, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (over.signal.aborted) return resolve();
    const timer = setTimeout(() => over.abort(), deadlineMs);
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
    // A connection that breaks takes the acknowledgements with it: no use in waiting.
    nats.flush().catch(() => over.abort());
  });
}

function acknowledgement(msg: Msg): Published {
  if (msg.headers?.code === 503) return { error: new Error('no stream takes it') };
  const said = msg.json<{ seq?: number; error?: { description: string } }>();
  return said.seq === undefined
    ? { error: new Error(said.error?.description ?? 'not acknowledged') }
    : { sequence: said.seq };
}
