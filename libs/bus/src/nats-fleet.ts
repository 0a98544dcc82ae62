import { type DescMessage, type MessageShape, fromBinary } from '@bufbuild/protobuf';

import type { BusConnection } from './bus-connection.js';
import { Fleet } from './bus.js';
import { saysNobody } from './nats-bus.js';

/** `Fleet` over the connection inside account FLEET: only there "no responders" tells the truth about a node. */
export class NatsFleet extends Fleet {
  constructor(private readonly fleet: BusConnection) {
    super();
  }

  override async request<S extends DescMessage>(
    subject: string,
    data: Uint8Array,
    answer: S,
    how: { deadlineMs: number },
  ): Promise<{ kind: 'answered'; answer: MessageShape<S> } | { kind: 'offline' } | { kind: 'silent'; cause: unknown }> {
    try {
      const reply = await this.fleet.request(subject, data, { timeout: how.deadlineMs });
      return { kind: 'answered', answer: fromBinary(answer, reply.data) };
    } catch (cause) {
      // Everything but the definite no leaves open whether the node got it: also a connection that broke just now.
      return saysNobody(cause) ? { kind: 'offline' } : { kind: 'silent', cause };
    }
  }

  override publish(subject: string, data: Uint8Array): void {
    if (this.fleet.isUp) this.fleet.nats.publish(subject, data);
  }
}
