import type { CloudEvent } from '@muster/contracts';
import { type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { type Inbox, type Tx } from '@muster/persistence';
import type { Msg } from '@nats-io/transport-node';

import type { ConsumesEvents, ConsumesFleet, FleetMessage } from './doors.js';
import type { Source } from './marks.js';
import { Poisoned } from './retry-later.js';

/** A message from a stream, held until it is acknowledged. */
export interface Delivery {
  readonly sequence: number;
  /** Its latest delivery: what is acknowledged. */
  msg: Msg;
  readonly arrivedAt: number;
  /** How often it failed alone. */
  failures: number;
  /** What was read out of it. */
  content?: unknown;
}

/** Reads messages of one kind of source and hands them to the handler within a transaction. */
export interface Deliveries {
  /** Before anything else is done with it. @throws Poisoned when it is not readable */
  read(delivery: Delivery): void;
  /** The trace of what made it; of one that was read. */
  traceOf(delivery: Delivery): string | undefined;
  handle(deliveries: readonly Delivery[], tx: Tx): Promise<void>;
}

/** The deliveries of a source. */
export function deliveriesOf(
  source: Source,
  durable: string,
  handler: ConsumesEvents<unknown> | ConsumesFleet<never>,
  inbox: Inbox,
): Deliveries {
  return source.kind === 'event'
    ? new EventDeliveries(durable, handler as ConsumesEvents<unknown>, inbox)
    : new FleetDeliveries(source.schema, handler as unknown as ConsumesFleet<DescMessage>);
}

class EventDeliveries implements Deliveries {
  constructor(
    private readonly durable: string,
    private readonly handler: ConsumesEvents<unknown>,
    private readonly inbox: Inbox,
  ) {}

  read(delivery: Delivery): void {
    delivery.content = parseEvent(delivery.msg);
  }

  traceOf(delivery: Delivery): string | undefined {
    return eventOf(delivery).traceparent;
  }

  async handle(deliveries: readonly Delivery[], tx: Tx): Promise<void> {
    const events = new Map(deliveries.map((each) => [eventOf(each).id, eventOf(each)]));
    const received = deliveries.map((each) => ({ eventId: eventOf(each).id, streamSeq: each.sequence }));
    const fresh = await this.inbox.claim(tx, this.durable, received);
    const unhandled = [...events.values()].filter((each) => fresh.has(each.id));
    if (unhandled.length > 0) await this.handler.handle(unhandled, tx);
  }
}

class FleetDeliveries implements Deliveries {
  constructor(
    private readonly schema: DescMessage,
    private readonly handler: ConsumesFleet<DescMessage>,
  ) {}

  read(delivery: Delivery): void {
    const { msg, sequence } = delivery;
    // The subject's token is what the broker checked; what the message says about its sender is not.
    const nodeId = msg.subject.split('.')[1]!;
    try {
      delivery.content = { nodeId, message: fromBinary(this.schema, msg.data), sequence };
    } catch (cause) {
      throw new Poisoned(`not a ${this.schema.typeName}`, { cause });
    }
  }

  traceOf(delivery: Delivery): string | undefined {
    const { traceparent } = messageOf(delivery).message as { traceparent?: string };
    return traceparent;
  }

  async handle(deliveries: readonly Delivery[], tx: Tx): Promise<void> {
    await this.handler.handle(deliveries.map(messageOf), tx);
  }
}

function messageOf({ content }: Delivery): FleetMessage<DescMessage> {
  return content as FleetMessage<DescMessage>;
}

function eventOf({ content }: Delivery): CloudEvent {
  return content as CloudEvent;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function parseEvent(msg: Msg): CloudEvent {
  let event: CloudEvent;
  try {
    event = msg.json<CloudEvent>();
  } catch (cause) {
    throw new Poisoned('not JSON', { cause });
  }
  if (event === null || typeof event !== 'object' || !UUID.test(String(event.id))) {
    throw new Poisoned('not a CloudEvent with a UUID');
  }
  return event;
}
