import { subjects } from '@muster/contracts';
import { headers } from '@nats-io/transport-node';

import { Slots } from '../work/slots.js';
import type { Uplink } from '../work/uplink.js';
import type { BusLink } from './bus-link.js';

const acknowledgeWithinMs = 10_000;
const inFlight = 16;

/** Publishes to streams of the control plane and waits for their acknowledgement. */
export class StreamUplink implements Uplink {
  private readonly slots = new Slots(inFlight);
  private bus: BusLink | undefined;

  constructor(private readonly nodeId: string) {}

  /** From now on there is a way. */
  use(bus: BusLink): void {
    this.bus = bus;
  }

  status(report: Uint8Array): Promise<void> {
    return this.publish(subjects.fleet(this.nodeId, 'status'), report);
  }

  output(chunk: Uint8Array, id: string): Promise<void> {
    return this.publish(subjects.fleet(this.nodeId, 'output'), chunk, id);
  }

  private publish(subject: string, payload: Uint8Array, id?: string): Promise<void> {
    return this.slots.within(async () => {
      const { bus } = this;
      if (!bus?.up) throw new Error('The bus is away.');
      const marks = headers();
      if (id !== undefined) marks.set('Nats-Msg-Id', id);
      const answer = await bus.nats.request(subject, payload, { timeout: acknowledgeWithinMs, headers: marks });
      const acknowledgement = answer.json<{ stream?: string; error?: { description?: string } }>();
      if (acknowledgement.error || !acknowledgement.stream) {
        throw new Error(`The stream did not take it: ${acknowledgement.error?.description ?? 'no acknowledgement'}.`);
      }
    });
  }
}
